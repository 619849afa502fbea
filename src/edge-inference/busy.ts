import { OipError } from "../contract/oip.ts";

/** There is too much to do for this request: it may come again. */
export class Busy extends OipError {
  /** Whole seconds, until what was there before it is done. */
  readonly retryAfter: number;

  /** @param wait milliseconds, as long as that will take */
  constructor(message: string, wait: number) {
    super(503, message);
    this.retryAfter = Math.max(1, Math.ceil(wait / 1000));
  }
}
