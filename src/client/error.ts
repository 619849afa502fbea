import type { Problem } from "./types.ts";

/** Of an answer that is no problem as the service writes them: a proxy's, say. */
const UNEXPECTED = "unexpected_answer";

/** What the service answered in place of what was asked for. */
export class StylegateError extends Error {
  override readonly name = "StylegateError";
  /** Stable: branch on it. The service's `/docs/errors` explains each; a newer service may have more than these. */
  readonly code: Problem["code"] | typeof UNEXPECTED | (string & {});
  readonly status: number;
  readonly title: string;
  /** What happened this time, for people. */
  readonly detail: string;
  /** Seconds after which it makes sense to try again, where that is known. */
  readonly retryAfter: number | undefined;
  /** Of `invalid_request`: each thing that is wrong. */
  readonly errors: NonNullable<Problem["errors"]>;

  constructor(answer: unknown, { status, headers }: Pick<Response, "status" | "headers">) {
    const { code, title, detail, errors } = isProblem(answer) ? answer : unexpected(answer, status);
    super(`${title}: ${detail}`);
    this.code = code;
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.errors = errors ?? [];
    this.retryAfter = retryAfterOf(headers);
  }

  /** Reads an answer that is not `ok`. */
  static async of(response: Response): Promise<StylegateError> {
    const text = await response.text().catch(() => "");
    return new StylegateError(parsed(text), response);
  }
}

/**
 * What openapi-fetch's result has, or the problem thrown.
 *
 * @example const { keys } = dataOf(await stylegate.GET("/v1/keys"));
 * @throws StylegateError
 */
export function dataOf<Data>(result: { data?: Data; error?: unknown; response: Response }): Data {
  if (result.response.ok) return result.data as Data;
  throw new StylegateError(result.error, result.response);
}

/** Seconds of a `Retry-After`, which may be a date. */
export function retryAfterOf(headers: Headers, now = Date.now()): number | undefined {
  const text = headers.get("Retry-After")?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

type Told = Pick<StylegateError, "code" | "title" | "detail"> & { errors?: Problem["errors"] };

function isProblem(answer: unknown): answer is Told {
  const { code, title, detail } = (answer ?? {}) as Record<string, unknown>;
  return [code, title, detail].every((text) => typeof text === "string");
}

function unexpected(answer: unknown, status: number): Told {
  const text = typeof answer === "string" ? answer : JSON.stringify(answer);
  const detail = text?.trim().slice(0, 300) || `The status is ${status}.`;
  return { code: UNEXPECTED, title: "The answer is not one of the service", detail };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
