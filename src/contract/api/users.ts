import { createRoute, json, needs, problems, User, z } from "./common.ts";
import { Erasure } from "./erasure.ts";
import { matching } from "./takes.ts";

const tags = ["Users"];

const one = {
  params: z.object({ user: User }),
  query: z.object({
    owner: matching(/^(?:key_[A-Za-z0-9]{12}|operator|local)$/, "the id of a key, operator, or local")
      .optional()
      .openapi({
        description:
          "The id of the key whose user it is, where that is another, revoked perhaps: takes the scope `admin`.",
      }),
  }),
};

export const Holdings = z
  .object({
    user: User,
    uploads: z.array(z.string()),
    stylizations: z.array(z.string()),
  })
  .openapi("Holdings", { description: "The ids of what is stored of a user." });
export type Holdings = z.infer<typeof Holdings>;

export const getUser = createRoute({
  operationId: "getUser",
  method: "get",
  path: "/v1/users/{user}",
  tags,
  summary: "See what is stored of a user",
  description: "Empty lists where there is nothing, or there is no such user.",
  security: needs("upload"),
  request: one,
  responses: {
    200: { description: "What is stored.", content: json(Holdings) },
    ...problems(["invalid_request", "storage_unavailable"]),
  },
});

export const deleteUser = createRoute({
  operationId: "deleteUser",
  method: "delete",
  path: "/v1/users/{user}",
  tags,
  summary: "Erase everything of a user",
  description:
    "The uploads and stylizations that were made with this `user`, the pictures, and all that was drawn of these photos, in every style and size.",
  security: needs("upload"),
  request: one,
  responses: {
    200: { description: "What was deleted.", content: json(Erasure) },
    ...problems(["invalid_request", "storage_unavailable", "origin_not_allowed"]),
  },
});
