import * as contract from "../../../src/contract/api/routes.ts";
import { app } from "../../../src/edge/app.ts";

type Route = {
  method: string;
  path: string;
  security?: readonly { bearer: readonly string[] }[];
  "x-keys-only"?: true;
};

const isRoute = (value: unknown): value is Route =>
  typeof value === "object" && value !== null && "operationId" in value && "path" in value;

/** Every route of the contract that the Worker has, and a path that its schema takes. */
export const SERVED = Object.values<unknown>(contract)
  .filter(isRoute)
  .filter(({ method, path }) => {
    const spelled = path.replaceAll(/\{(\w+)\}/g, ":$1");
    // HEAD is served by GET's handlers.
    const methods = method === "head" ? ["HEAD", "GET", "ALL"] : [method.toUpperCase()];
    return app.routes.some((served) => served.path === spelled && methods.includes(served.method));
  })
  .map((route) => ({
    method: route.method.toUpperCase(),
    path: route.path,
    at: route.path
      .replace("/keys/{id}", "/keys/key_AAAAAAAAAAAA")
      .replace("/deliveries/{id}", `/deliveries/msg_${"A".repeat(22)}`)
      .replace("{id}", "A".repeat(22))
      .replace("{user}", "u_1"),
    /** Without which a request is refused whoever sends it. */
    headers: (route.path.includes("/resumable") ? { "Tus-Resumable": "1.0.0" } : {}) as Record<
      string,
      string
    >,
    /** Undefined for everybody. */
    scopes: route.security?.[0]?.bearer,
    isForKeysOnly: route["x-keys-only"] === true,
  }));
