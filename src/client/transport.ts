import { type CredentialOptions, Credentials } from "./credentials.ts";
import { RETRIES, type Repeatable, type RetryOptions, repeatable, withRetries } from "./retry.ts";

export type TransportOptions = CredentialOptions & {
  /** Where the service is: `https://img.example.com`. */
  baseUrl: string;
  fetch?: (request: Request) => Promise<Response>;
  /** How often, and how patiently, a request is repeated that may be. */
  retry?: Partial<RetryOptions>;
};

/** Sends requests: with what the service asks for, and again where that may be. */
export class Transport {
  readonly retry: RetryOptions;
  readonly #origin: string;
  readonly #credentials: Credentials;
  readonly #fetch: (request: Request) => Promise<Response>;

  constructor({ baseUrl, fetch: given, retry, ...credentials }: TransportOptions) {
    this.retry = { ...RETRIES, ...retry };
    this.#origin = new URL(baseUrl).origin;
    this.#credentials = new Credentials(credentials);
    this.#fetch = given ?? ((request) => fetch(request));
  }

  /** @param kind where the method does not say how often it may be sent */
  send(request: Request, kind: Repeatable = repeatable(request)): Promise<Response> {
    return withRetries(() => this.#attempt(request), kind, request.signal, this.retry);
  }

  /** Of a body that is a stream: it cannot be sent again, and keeping a copy would be keeping it whole. */
  async once(request: Request): Promise<Response> {
    return this.#fetch(authorized(request, await this.#credentials.current()));
  }

  async #attempt(request: Request): Promise<Response> {
    // The key goes nowhere but to the service.
    const isOurs = new URL(request.url).origin === this.#origin;
    if (!isOurs || request.headers.has("Authorization")) return this.#fetch(request.clone());
    const authorization = await this.#credentials.current();
    const response = await this.#fetch(authorized(request.clone(), authorization));
    if (response.status !== 401) return response;
    const next = await this.#credentials.after(authorization);
    if (next === undefined) return response;
    await response.body?.cancel();
    return this.#fetch(authorized(request.clone(), next));
  }
}

function authorized(request: Request, authorization: string | undefined): Request {
  if (authorization !== undefined) request.headers.set("Authorization", authorization);
  return request;
}
