import { Time, z } from "./common.ts";

/** What was deleted, and what is not ours to delete. */
export const Erasure = z
  .object({
    uploads: z.int(),
    stylizations: z.int(),
    pictures: z.int().openapi({ description: "Outputs of stylizations." }),
    masters: z.int().openapi({ description: "Drawings, before size and format." }),
    variants: z.int().openapi({ description: "Drawings in a size and format." }),
    mattes: z.int(),
    erasedAt: Time,
    sweptAgainAt: Time.openapi({
      description:
        "What was being drawn while this was deleted may be stored a moment later: it is looked for once more then.",
    }),
    caches: z.string().openapi({
      description: "What cannot be reached, in a sentence: browsers, and caches outside of the service.",
    }),
  })
  .openapi("Erasure");
export type Erasure = z.infer<typeof Erasure>;
