import { isRecord } from "../record.ts";

/** 499 is never sent: it is what the log and the metrics say of a client that went away. */
export type OipStatus = 400 | 401 | 404 | 405 | 408 | 413 | 499 | 500 | 501 | 503;

/** A message that breaks the protocol, or asks for what is not there. The text is safe to send to anybody. */
export class OipError extends Error {
  override readonly name = "OipError";
  readonly status: OipStatus;

  constructor(status: OipStatus, message: string) {
    super(message);
    this.status = status;
  }
}

/** The text of an error answer, `{"error": …}`; null when the body is something else. */
export function errorMessage(body: string): string | null {
  try {
    const parsed: unknown = JSON.parse(body);
    return isRecord(parsed) && typeof parsed.error === "string" ? parsed.error : null;
  } catch {
    return null;
  }
}
