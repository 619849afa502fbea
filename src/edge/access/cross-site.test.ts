import { describe, expect, it } from "vitest";
import { readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { type Asked, ask, codeOf } from "../../../tests/support/workerd/ask.ts";
import { bearer, KEYS, makeKey } from "../../../tests/support/workerd/keys.ts";
import { SERVED } from "../../../tests/support/workerd/routes.ts";
import * as routes from "../../contract/api/routes.ts";

/** Whoever is on the machine may do all of these. */
const changing = SERVED.filter(({ method, scopes }) => !["GET", "HEAD"].includes(method) && scopes);

const codeAt = async (path: string, asked: Asked) => codeOf(await ask(path, asked));

/** As a browser sends it for a page elsewhere, without asking first: a body of plain text, and nothing that a script could add. */
const foreign = (method: string, origin: string, headers: Record<string, string> = {}): Asked => ({
  method,
  headers: { "Content-Type": "text/plain", Origin: origin, ...headers },
  ...(method === "DELETE" ? {} : { body: readPicture("rgb.png") }),
});

describe("a service that is open to its own machine lets a page of another site change nothing:", () => {
  it("all routes are tried", () => expect(changing.length).toBeGreaterThanOrEqual(7));

  it.each(changing)("$method $path", async ({ method, at: path, headers: needed }) => {
    for (const site of [{}, { "Sec-Fetch-Site": "cross-site" }, { "Sec-Fetch-Site": "same-site" }]) {
      const headers = { ...needed, ...site } as Record<string, string>;
      for (const origin of ["https://evil.example", "null", "http://localhost.evil.example"])
        expect(await codeAt(path, foreign(method, origin, headers)), origin).toBe("origin_not_allowed");
    }
    const withoutOrigin = foreign(method, "", { ...needed, "Sec-Fetch-Site": "cross-site" });
    expect(await codeAt(path, withoutOrigin)).toBe("origin_not_allowed");
  });

  it("but pages of this machine, whatever their port, and those that ALLOWED_ORIGINS names", async () => {
    for (const origin of ["http://localhost:3000", "http://127.0.0.1:5173", "http://app.localhost"])
      expect(await codeAt("/v1/uploads", foreign("POST", origin)), origin).toBe("ok");
    const named = foreign("POST", "https://shop.example");
    expect(await codeAt("/v1/uploads", { ...named, env: { ALLOWED_ORIGINS: "https://shop.example" } })).toBe(
      "ok",
    );
  });
});

describe("where keys are asked for", () => {
  it("a page of any site may send one under ALLOWED_ORIGINS=*: nothing is let in without it", async () => {
    const { key } = await makeKey();
    const asked = foreign("POST", "https://shop.example", bearer(key));
    expect(await codeAt("/v1/uploads", { ...asked, env: KEYS })).toBe("ok");
    expect(await codeAt("/v1/uploads", { ...foreign("POST", "https://shop.example"), env: KEYS })).toBe(
      "unauthorized",
    );
  });

  it("a page that ALLOWED_ORIGINS does not name may not, key or no key", async () => {
    const { key } = await makeKey();
    const asked = foreign("POST", "https://evil.example", bearer(key));
    const env = { ...KEYS, ALLOWED_ORIGINS: "https://shop.example" };
    expect(await codeAt("/v1/uploads", { ...asked, env })).toBe("origin_not_allowed");
  });
});

describe("CORS", () => {
  const listed = (answer: Response, header: string) =>
    (answer.headers.get(header) ?? "").toLowerCase().split(/ *, */);

  it("lets a page send what the API takes", async () => {
    const answer = await ask("/v1/keys/x", {
      method: "OPTIONS",
      headers: { Origin: "https://shop.example", "Access-Control-Request-Method": "PATCH" },
      env: KEYS,
    });
    expect(answer.status).toBe(204);
    expect(listed(answer, "Access-Control-Allow-Methods")).toEqual(
      expect.arrayContaining(["get", "head", "post", "put", "patch", "delete"]),
    );
    const { sentWebhook, ...taken } = routes; // that is taken by an application
    const declared = Object.values(taken).flatMap((route) =>
      typeof route === "object" && "request" in route && "headers" in (route.request ?? {})
        ? Object.keys((route.request as { headers: { shape: object } }).headers.shape)
        : [],
    );
    expect(declared.length).toBeGreaterThan(6);
    const allowed = listed(answer, "Access-Control-Allow-Headers");
    for (const name of ["Authorization", "Content-Type", "If-None-Match", ...declared])
      expect(allowed).toContain(name.toLowerCase());
  });

  it("lets a page read what the API answers with, refusals too", async () => {
    const answer = await ask("/v1/usage", { headers: { Origin: "https://shop.example" }, env: KEYS });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("Access-Control-Allow-Origin")).toBe("*");
    const declared = Object.values(routes).flatMap((route) =>
      typeof route === "object" && "responses" in route
        ? Object.values(route.responses).flatMap((response) =>
            Object.keys("headers" in response ? (response.headers ?? {}) : {}),
          )
        : [],
    );
    expect(new Set(declared).size).toBeGreaterThan(4);
    const exposed = listed(answer, "Access-Control-Expose-Headers");
    for (const name of ["RateLimit", "RateLimit-Policy", "Retry-After", "WWW-Authenticate", ...declared])
      expect(exposed).toContain(name.toLowerCase());
  });
});
