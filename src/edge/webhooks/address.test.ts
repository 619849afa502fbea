import { describe, expect, it } from "vitest";
import { NOT_PUBLIC_HOSTS, PUBLIC_HOSTS } from "../../../tests/fixtures/hosts.ts";
import { parseSourcePolicy } from "../source/source-policy.ts";
import { checkWebhook } from "./address.ts";

function policy(text: string) {
  const parsed = parseSourcePolicy(text);
  if (!parsed.ok) throw new Error(parsed.complaint);
  return parsed.value;
}

const check = (address: string, operator: string, key?: string) =>
  checkWebhook(address, { operator: policy(operator), key: key === undefined ? undefined : policy(key) });

describe("checkWebhook", () => {
  it.each(NOT_PUBLIC_HOSTS)("sends nothing to what is %s: %s, unless it is named", (_, authority) => {
    for (const path of ["", "/hook", ":80/", ":443/hook"])
      expect(check(`https://${authority}${path}`, "*")).toMatchObject({ code: "webhook_not_allowed" });
  });

  it.each(PUBLIC_HOSTS)("sends to %s where every public host is allowed", (host) => {
    expect(check(`https://${host}/hook`, "*")).toMatchObject({ ok: true });
  });

  it.each([
    // address, operator's list, key's list
    ["https://app.example.com/hook", "app.example.com"],
    ["https://app.example.com/hook?tenant=7", "*.example.com"],
    ["https://app.example.com:8443/hook", "app.example.com:8443"],
    ["https://app.example.com/hooks/1", "app.example.com/hooks"],
    ["https://app.example.com/hook", "*", "app.example.com"],
    ["http://localhost:3000/hook", "localhost:3000"],
    ["http://127.0.0.1:3000/hook", "127.0.0.1:3000"],
    ["http://[::1]:3000/hook", "[::1]:3000"],
    ["http://hooks.internal/hook", "hooks.internal:80"],
    ["https://10.0.0.7/hook", "10.0.0.7"],
    ["http://localhost:3000/hook", "localhost:3000", "localhost:3000"],
  ])("sends to %s by %s, and a key's %s", (address, operator, key?: string) => {
    expect(check(address, operator, key)).toMatchObject({ ok: true, url: new URL(address) });
  });

  it.each([
    ["https://app.example.com/hook", "", undefined, "ALLOWED_WEBHOOKS names no host"],
    ["https://app.example.com/hook", "other.example.com", undefined, "ALLOWED_WEBHOOKS does not name it"],
    ["https://app.example.com/hook", "*", "other.example.com", "the key's list does not name it"],
    ["https://app.example.com/hook", "*", "", "the key's list does not name it"],
    ["https://10.0.0.7/hook", "*", "10.0.0.7", "a private or reserved address"],
    ["https://app.example.com:8443/", "*", undefined, "its port is neither 80 nor 443"],
    ["https://app.example.com/other", "app.example.com/hooks", undefined, "does not name it"],
    ["https://app.example.com/hooks/%2e%2e/other", "app.example.com/hooks", undefined, "does not name it"],
    ["http://app.example.com/hook", "*", undefined, "over https"],
    ["http://app.example.com/hook", "app.example.com", undefined, "over https"],
    ["http://app.example.com/hook", "*.example.com", "app.example.com:80", "over https"],
    ["http://localhost/hook", "localhost", undefined, "over https"],
    ["http://localhost:3001/hook", "localhost:3000", undefined, "does not name it"],
    ["https://user:secret@app.example.com/", "*", undefined, "password"],
    ["https://app.example.com@evil.example/", "app.example.com", undefined, "password"],
    ["ftp://app.example.com/", "*", undefined, "no http or https URL"],
    ["https://", "*", undefined, "no http or https URL"],
    ["hook", "*", undefined, "no http or https URL"],
  ])("does not send to %s by %j, and a key's %j: %s", (address, operator, key, why) => {
    const checked = check(address, operator, key);
    expect(checked).toMatchObject({ ok: false, code: "webhook_not_allowed" });
    expect(!checked.ok && checked.detail).toContain(why);
    expect(!checked.ok && checked.detail).not.toContain("secret");
  });
});
