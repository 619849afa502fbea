import type { Timed } from "./server-timing.ts";

export type Size = { width: number; height: number };

/** A face as `format=json` tells it, in pixels of the drawing as the network made it. */
export type Face = {
  x: number;
  y: number;
  width: number;
  height: number;
  score: number;
  landmarks: [number, number][];
  drawn: "head" | "frame";
};

/** A picture that is in the page: a data URL. */
export type Shown = Size & { url: string; bytes: number };

/** What the service made of a picture. */
export type Outcome =
  | {
      kind: "drawn";
      drawing: Shown;
      original: Size;
      /** At which size the network drew. */
      drawn: Size;
      /** null where nobody could look for them. */
      faces: Face[] | null;
      steps: Timed[];
      /** Milliseconds from the request for the drawing to the end of the answer. */
      took: number;
      /** Inferences, by model. */
      calls: [model: string, times: number][];
    }
  | { kind: "problem"; code: string; title: string; detail: string };

/** One file of the folder. */
export type Entry = { name: string; bytes: number; photo: Shown | undefined; outcome: Outcome };
