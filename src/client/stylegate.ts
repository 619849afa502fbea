import createClient, { type Client } from "openapi-fetch";
import { reprDigest } from "./digest.ts";
import { dataOf, StylegateError } from "./error.ts";
import { follow, hasEnded } from "./events.ts";
import type { paths } from "./schema.ts";
import { Transport, type TransportOptions } from "./transport.ts";
import type { Output, Stylization, StylizationEvent, StylizationRequest, Upload } from "./types.ts";

export type Photo = Uint8Array | ArrayBuffer | Blob | ReadableStream<Uint8Array>;

export type UploadOptions = {
  /** Whose photo it is, in the app's own words. */
  user?: string | undefined;
  /** RFC 9530, `sha-256=:…:`; without it that of the bytes, where they are no stream. */
  digest?: string | undefined;
  signal?: AbortSignal | undefined;
};

export type StylizeOptions = {
  /** The request's name, so that it is not done twice; without it a random one. */
  idempotencyKey?: string | undefined;
  signal?: AbortSignal | undefined;
};

type Signalled = { signal?: AbortSignal | undefined };

type Json = "application/json" | "application/problem+json";

/** The routes of the API, typed, as openapi-fetch has them; and what an app does most often, which throws a `StylegateError`. */
export type Stylegate = Client<paths, Json> & {
  /** Stores a photo. A stream is sent once; anything else again, where nothing has come of it. */
  upload(photo: Photo, options?: UploadOptions): Promise<Upload>;
  /** Has pictures made, and waits for them. */
  stylize(request: StylizationRequest, options?: StylizeOptions): Promise<Stylization>;
  /** Has pictures made, and does not wait. */
  begin(request: StylizationRequest, options?: StylizeOptions): Promise<Stylization>;
  /** What happens to a stylization, to its end, whatever becomes of the connection meanwhile. */
  follow(id: string, options?: Signalled): AsyncGenerator<StylizationEvent, void, undefined>;
  /** The stylization, once it has ended. */
  wait(id: string, options?: Signalled): Promise<Stylization>;
  /** The answer with an output's picture. */
  picture(output: Pick<Output, "url">, options?: Signalled): Promise<Response>;
};

/**
 * @example
 * const stylegate = createStylegate({ baseUrl: "https://img.example.com", key: process.env.STYLEGATE_KEY });
 * const { id } = await stylegate.upload(photo, { user: "u_4711" });
 * const { outputs } = await stylegate.stylize({ source: `upload:${id}`, outputs: [{ style: "toon" }] });
 */
export function createStylegate(options: TransportOptions): Stylegate {
  const transport = new Transport(options);
  const base = options.baseUrl.replace(/\/+$/, "");
  const api = createClient<paths, Json>({ baseUrl: base, fetch: (request) => transport.send(request) });

  async function create(request: StylizationRequest, options: StylizeOptions, prefer?: string) {
    const header = {
      "Idempotency-Key": options.idempotencyKey ?? randomName(),
      ...(prefer && { Prefer: prefer }),
    };
    return dataOf(
      await api.POST("/v1/stylizations", {
        params: { header },
        headers: { Accept: "application/json" },
        body: request,
        ...signalled(options),
      }),
    );
  }

  return Object.assign(api, {
    async upload(photo: Photo, { user, digest, ...options }: UploadOptions = {}) {
      const isStream = photo instanceof ReadableStream;
      const known = digest ?? (isStream ? undefined : await reprDigest(photo));
      const type =
        photo instanceof Blob && photo.type.startsWith("image/") ? photo.type : "application/octet-stream";
      const result = await api.POST("/v1/uploads", {
        params: {
          query: user === undefined ? {} : { user },
          header: known === undefined ? {} : { "Repr-Digest": known },
        },
        headers: { "Content-Type": type },
        body: photo as Blob,
        bodySerializer: (body) => body,
        fetch: (request) => (isStream ? transport.once(request) : transport.send(request, "unavailable")),
        ...(isStream && { duplex: "half" }),
        ...signalled(options),
      });
      return dataOf(result);
    },

    async stylize(request: StylizationRequest, options: StylizeOptions = {}) {
      const made = await create(request, options);
      return hasEnded(made) ? made : this.wait(made.id, options);
    },

    begin: (request: StylizationRequest, options: StylizeOptions = {}) =>
      create(request, options, "respond-async"),

    follow(id: string, { signal }: Signalled = {}) {
      const open = async (lastEventId: string | undefined) => {
        const { response, error, data } = await api.GET("/v1/stylizations/{id}/events", {
          params: { path: { id }, header: lastEventId === undefined ? {} : { "Last-Event-ID": lastEventId } },
          headers: { Accept: "text/event-stream" },
          parseAs: "stream",
          ...signalled({ signal }),
        });
        if (!response.ok || !data) throw new StylegateError(error, response);
        return data;
      };
      return follow(open, transport.retry.pause, signal);
    },

    async wait(id: string, options: Signalled = {}) {
      let last: Stylization | undefined;
      for await (const event of this.follow(id, options)) {
        if (event.type === "status") last = event.stylization;
      }
      if (!last) throw new Error("The events ended without a status."); // follow does not end so
      return last;
    },

    async picture({ url }: Pick<Output, "url">, { signal }: Signalled = {}) {
      if (url === undefined) throw new TypeError("The output has no picture.");
      const response = await transport.send(new Request(base + url, signalled({ signal })));
      if (!response.ok) throw await StylegateError.of(response);
      return response;
    },
  });
}

/** `exactOptionalPropertyTypes`: a signal that is undefined is not one. */
const signalled = ({ signal }: Signalled) => (signal ? { signal } : {});

/** 128 bits: `crypto.randomUUID` is missing on pages that were not loaded securely. */
function randomName(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
