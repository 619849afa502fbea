import { expect, it } from "vitest";
import { NOT_PUBLIC_HOSTS, PUBLIC_HOSTS } from "../../../tests/fixtures/hosts.ts";
import { isPublicHost } from "./address.ts";

const hostOf = (authority: string) => new URL(`http://${authority}/`).hostname;

it.each(PUBLIC_HOSTS)("%s may be public", (authority) => {
  expect(isPublicHost(hostOf(authority))).toBe(true);
});

it.each(NOT_PUBLIC_HOSTS)("%s is not public: %s", (_, authority) => {
  expect(isPublicHost(hostOf(authority))).toBe(false);
});
