import {
  body,
  createRoute,
  GivenTime,
  json,
  keysOnly,
  needs,
  problems,
  SCOPES,
  Time,
  User,
  z,
} from "./common.ts";
import { links } from "./links.ts";
import { exactly, matching, whole } from "./takes.ts";

const tags = ["Keys"];

const KeyId = matching(/^key_[A-Za-z0-9]{12}$/, "the id of a key, such as key_8fTq2LmZ0aXc").openapi({
  example: "key_8fTq2LmZ0aXc",
});

const Scopes = z.array(z.enum(SCOPES)).min(1).max(SCOPES.length).openapi({
  description:
    "`transform`: have pictures made, and read them. `upload`: upload, look at, and erase photos. `admin`: keys, usage and purging.",
});

const patterns = (what: string, example: string[]) =>
  z
    .array(z.string().min(1).max(300))
    .max(50)
    .openapi({
      description: `${what} Each within what the operator's variable admits. Without it: all that it admits.`,
      example,
    });

const Allowed = {
  sources: patterns("Hosts that pictures may be fetched from, as in `ALLOWED_SOURCES`.", [
    "photos.example.com",
  ]).optional(),
  webhooks: patterns("Hosts that webhooks may go to, as in `ALLOWED_WEBHOOKS`.", [
    "app.example.com",
  ]).optional(),
  styles: z
    .array(z.string().min(1).max(64))
    .max(100)
    .optional()
    .openapi({ description: "Ids of `GET /v1/styles`." }),
};

/** Pictures that a key may have under way: else one that has leaked would have all others wait. */
export const DEFAULT_OPEN = 1000;

const Quotas = exactly({
  perMinute: whole(0, 1_000_000).optional().openapi({ description: "Requests in each minute of the clock." }),
  perMonth: whole(0, 1_000_000_000).optional().openapi({
    description: "Pictures in each calendar month, UTC. One that could not be made does not count.",
  }),
  open: whole(0, 1_000_000)
    .optional()
    .openapi({ description: `Pictures under way at once; without it ${DEFAULT_OPEN}.` }),
}).openapi("Quotas", { description: "Of requests and months there is no limit without one." });

export const KeyRequest = exactly({
  name: z.string().min(1).max(100).openapi({ description: "For people.", example: "iOS app, production" }),
  scopes: Scopes,
  ...Allowed,
  quotas: Quotas.optional(),
  expiresAt: GivenTime.optional(),
}).openapi("KeyRequest");
export type KeyRequest = z.infer<typeof KeyRequest>;

export const Key = z
  .object({
    id: KeyId,
    name: z.string(),
    scopes: Scopes,
    ...Allowed,
    quotas: Quotas,
    createdAt: Time,
    expiresAt: Time.optional(),
    revokedAt: Time.optional(),
    lastUsedAt: Time.optional().openapi({ description: "To the minute." }),
  })
  .openapi("Key");
export type Key = z.infer<typeof Key>;

const Secret = {
  key: z.string().openapi({
    description: "Shown this once: it is stored as a hash. Send it as `Authorization: Bearer`.",
    example: "sg_8fTq2LmZ0aXc_b6QkG2n8Jr5sYvE1wZx0Ud4T7fHcMpLaR9uNe3KiQs2",
  }),
};
export const NewKey = Key.extend(Secret).openapi("NewKey");
export type NewKey = z.infer<typeof NewKey>;

const COMMON = ["invalid_request", "storage_unavailable"] as const;
const WITH_BODY = [...COMMON, "unsupported_media_type", "body_too_large", "origin_not_allowed"] as const;
const one = { params: z.object({ id: KeyId }) };

export const createKey = createRoute({
  operationId: "createKey",
  method: "post",
  path: "/v1/keys",
  tags,
  summary: "Make a key",
  description: "The first is made with `ADMIN_SECRET` as the key.",
  security: needs("admin"),
  request: { body: body(KeyRequest) },
  responses: {
    201: {
      description: "The key.",
      content: json(NewKey),
      links: links(["getKey", "changeKey", "rotateKey", "getKeyUsage", "revokeKey"]),
    },
    ...problems(WITH_BODY),
  },
});

/** Keys of a page: each is asked for what it is. */
const MAX_KEYS = 100;

export const listKeys = createRoute({
  operationId: "listKeys",
  method: "get",
  path: "/v1/keys",
  tags,
  summary: "List all keys",
  description: "The newest first, in pages.",
  security: needs("admin"),
  request: {
    query: z.object({
      limit: z.coerce
        .number()
        .int()
        .min(1)
        .max(MAX_KEYS)
        .default(MAX_KEYS)
        .openapi({
          ...{ type: "integer", minimum: 1, maximum: MAX_KEYS, default: MAX_KEYS }, // naming the type hides what is checked
          description: "Keys of a page, at most.",
        }),
      before: KeyId.optional().openapi({ description: "Those made before this one: `next` of a page." }),
    }),
  },
  responses: {
    200: {
      description: "The keys, without their secrets.",
      content: json(
        z.object({
          keys: z.array(Key),
          next: KeyId.optional().openapi({
            description: "`before` of the next page; missing in the last.",
          }),
        }),
      ),
    },
    ...problems([...COMMON, "key_not_found"]),
  },
});

export const getKey = createRoute({
  operationId: "getKey",
  method: "get",
  path: "/v1/keys/{id}",
  tags,
  summary: "Look at a key",
  security: needs("admin"),
  request: one,
  responses: {
    200: { description: "The key.", content: json(Key) },
    ...problems([...COMMON, "key_not_found"]),
  },
});

export const KeyChange = KeyRequest.partial()
  .extend({
    sources: Allowed.sources.nullable(),
    webhooks: Allowed.webhooks.nullable(),
    styles: Allowed.styles.nullable(),
    expiresAt: GivenTime.nullable().optional(),
  })
  .openapi("KeyChange", {
    description:
      "What is named is replaced; an empty list of hosts or styles admits none, and `null` takes the list, or the end, away.",
  });
export type KeyChange = z.infer<typeof KeyChange>;

export const changeKey = createRoute({
  operationId: "changeKey",
  method: "patch",
  path: "/v1/keys/{id}",
  tags,
  summary: "Change a key",
  description: "Everywhere in force with the next request.",
  security: needs("admin"),
  request: { ...one, body: body(KeyChange) },
  responses: {
    200: { description: "The key.", content: json(Key) },
    ...problems([...WITH_BODY, "key_not_found", "key_revoked"]),
  },
});

export const revokeKey = createRoute({
  operationId: "revokeKey",
  method: "delete",
  path: "/v1/keys/{id}",
  tags,
  summary: "Revoke a key",
  description: "At once, and with it the tokens that it has minted. Its usage stays to be read.",
  security: needs("admin"),
  request: one,
  responses: {
    200: { description: "The key, revoked.", content: json(Key) },
    ...problems([...COMMON, "key_not_found", "origin_not_allowed"]),
  },
});

export const rotateKey = createRoute({
  operationId: "rotateKey",
  method: "post",
  path: "/v1/keys/{id}/rotate",
  tags,
  summary: "Give a key a new secret",
  description:
    "The old one goes on for an hour, so that nothing stops while it is replaced, and so do the tokens that it has minted. Twice in a row ends the old one and its tokens at once.",
  security: needs("admin"),
  request: one,
  responses: {
    200: { description: "The key with its new secret.", content: json(NewKey) },
    ...problems([...COMMON, "key_not_found", "key_revoked", "origin_not_allowed"]),
  },
});

const Counts = {
  requests: z.int(),
  refused: z.int().openapi({ description: "Requests beyond a quota." }),
  uploads: z.int(),
  uploadBytes: z.int(),
  pictures: z.int().openapi({ description: "Made; what the monthly quota counts." }),
};

export const Usage = z
  .object({
    key: z
      .string()
      .openapi({ description: "The key's id; `operator` for `ADMIN_SECRET`, `local` without keys." }),
    month: z.string().openapi({ description: "UTC.", example: "2026-11" }),
    quotas: Quotas,
    reserved: z
      .int()
      .openapi({ description: "Pictures of stylizations that are under way; they count until it is known." }),
    ...Counts,
    days: z.array(z.object({ day: z.string().openapi({ example: "2026-11-29" }), ...Counts })),
  })
  .openapi("Usage");
export type Usage = z.infer<typeof Usage>;

const month = z.object({
  month: matching(/^20\d\d-(?:0[1-9]|1[0-2])$/, "a month such as 2026-11")
    .optional()
    .openapi({ description: "The current one where it is left out. A year is kept.", example: "2026-11" }),
});

export const getUsage = createRoute({
  operationId: "getUsage",
  method: "get",
  path: "/v1/usage",
  tags,
  summary: "See what one's own key has used",
  ...keysOnly([]),
  request: { query: month },
  responses: { 200: { description: "The month.", content: json(Usage) }, ...problems(COMMON) },
});

export const getKeyUsage = createRoute({
  operationId: "getKeyUsage",
  method: "get",
  path: "/v1/keys/{id}/usage",
  tags,
  summary: "See what a key has used",
  security: needs("admin"),
  request: { ...one, query: month },
  responses: {
    200: { description: "The month.", content: json(Usage) },
    ...problems([...COMMON, "key_not_found"]),
  },
});

/** Seconds. */
export const MIN_TOKEN_TTL = 30;
export const MAX_TOKEN_TTL = 86_400;
export const DEFAULT_TOKEN_TTL = 900;

/** What a token may do at most: an app administers nothing. */
export const TOKEN_SCOPES = ["transform", "upload"] as const;

export const TokenRequest = exactly({
  scopes: z
    .array(z.enum(TOKEN_SCOPES))
    .min(1)
    .max(TOKEN_SCOPES.length)
    .optional()
    .openapi({ description: "Some of the key's own; without it all of them but `admin`." }),
  user: User.optional().openapi({
    description:
      "Binds the token to a user: it sees and makes only what is theirs, and `user` need not be sent.",
  }),
  expiresIn: whole(MIN_TOKEN_TTL, MAX_TOKEN_TTL)
    .default(DEFAULT_TOKEN_TTL)
    .openapi({ description: "Seconds." }),
}).openapi("TokenRequest");

export const Token = z
  .object({
    token: z.string().openapi({ description: "A JWT: send it as `Authorization: Bearer`." }),
    expiresAt: Time,
  })
  .openapi("Token");

export const createToken = createRoute({
  operationId: "createToken",
  method: "post",
  path: "/v1/tokens",
  tags,
  summary: "Mint a token for an app",
  description:
    "A back end does it with its key and hands the token to its app, so that no key is in an app. It counts to the key's quotas, and ends with the key.",
  ...keysOnly([]),
  request: { body: body(TokenRequest) },
  responses: { 201: { description: "The token.", content: json(Token) }, ...problems(WITH_BODY) },
});
