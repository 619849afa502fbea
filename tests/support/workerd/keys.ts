import type { KeyRequest, NewKey } from "../../../src/contract/api/keys.ts";
import { ADMIN_SECRET } from "../admin-secret.ts";
import { type Asked, ask } from "./ask.ts";

/** A Worker that asks for keys. */
export const KEYS = { AUTH: "keys", ADMIN_SECRET };

export const bearer = (text: string) => ({ Authorization: `Bearer ${text}` });

/** A JSON request to a Worker that asks for keys, with a key, a token, or the operator's secret. */
export function askJson(path: string, text: string, body?: unknown, asked: Asked = {}) {
  const { method = body === undefined ? "GET" : "POST", headers = {}, env = {} } = asked;
  return ask(path, {
    method,
    headers: {
      ...bearer(text),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: new TextEncoder().encode(JSON.stringify(body)) }),
    env: { ...KEYS, ...env },
  });
}

/** A key as the operator makes it; without anything else said it may upload and transform. */
export async function makeKey(request: Partial<KeyRequest> = {}): Promise<NewKey> {
  const asked: KeyRequest = { name: "A test's", scopes: ["transform", "upload"], ...request };
  const answer = await askJson("/v1/keys", ADMIN_SECRET, asked);
  if (answer.status !== 201) throw new Error(await answer.text());
  return answer.json();
}

export async function makeToken(key: string, request: object = {}): Promise<string> {
  const answer = await askJson("/v1/tokens", key, request);
  if (answer.status !== 201) throw new Error(await answer.text());
  return (await answer.json<{ token: string }>()).token;
}
