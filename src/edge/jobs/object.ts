import type { Progress } from "../../contract/api/stylizations.ts";
import type { Claim, Creation, Pinned, Seen } from "./answers.ts";
import type { JobRequest, Picture, Trouble } from "./state.ts";

/** What a stylization's Durable Object can be asked; `Job` says what each does. Apart from it, so that the bindings need not know it. */
export interface JobObject extends Rpc.DurableObjectBranded {
  create(request: JobRequest, isDrawn: boolean): Promise<Creation>;
  find(fingerprint: string): Creation | undefined;
  read(): Seen | undefined;
  wait(milliseconds: number): Promise<Seen | undefined>;
  events(last?: number): ReadableStream<Uint8Array> | "over" | "full" | undefined;
  claim(): Promise<Claim | undefined>;
  renew(ticket: string): Promise<boolean>;
  begin(ticket: string, index: number): Promise<string | undefined>;
  pin(ticket: string, contentHash: string): Promise<Pinned>;
  succeed(ticket: string, index: number, picture: Picture): Promise<boolean>;
  fail(ticket: string, index: number, trouble: Trouble): Promise<boolean>;
  step(ticket: string, output: number, step: Progress): void;
  remove(): Promise<Seen | "deleted" | undefined>;
  erase(): Promise<{ pictures: number } | undefined>;
}
