import { fromBase64 } from "../../contract/encoding.ts";
import { ProblemError } from "../../contract/problem.ts";

/** RFC 9530 §5: those that are neither deprecated nor unknown to the runtime. */
const ALGORITHMS: Record<string, string> = { "sha-256": "SHA-256", "sha-512": "SHA-512" };

/** A digest that was announced; algorithms as the runtime calls them. */
export type Announced = { algorithm: string; value: Uint8Array };

/** One member of the dictionary (RFC 8941 §3.2): a key, a byte sequence, parameters that mean nothing here. */
const MEMBER = /^\s*([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]*={0,2}):(?:;[^,]*)?\s*$/;

/**
 * The digests in `Repr-Digest` and `Content-Digest`, which mean the same where a request has all of a representation. Algorithms that we do
 * not know are left out, as RFC 9530 §2 has it.
 *
 * @throws ProblemError invalid_request where a header is none
 */
export function parseDigests(headers: Headers): Announced[] {
  return ["Repr-Digest", "Content-Digest"].flatMap((name) => {
    const text = headers.get(name);
    return text === null ? [] : text.split(",").flatMap((member) => parseMember(name, member));
  });
}

function parseMember(name: string, member: string): Announced[] {
  const [, key = "", base64 = ""] = MEMBER.exec(member) ?? [];
  if (key === "") throw malformed(name);
  const algorithm = ALGORITHMS[key];
  if (algorithm === undefined) return [];
  return [{ algorithm, value: fromBase64(base64) ?? fail(name) }];
}

/** Reckons, as bytes arrive, the digests that were announced of them. */
export class Sums {
  readonly #sums: { announced: Announced; stream: DigestStream; writer: WritableStreamDefaultWriter }[];

  constructor(announced: readonly Announced[]) {
    this.#sums = announced.map((announced) => {
      const stream = new crypto.DigestStream(announced.algorithm);
      stream.digest.catch(() => {}); // of one that is given up nobody asks
      return { announced, stream, writer: stream.getWriter() };
    });
  }

  async add(bytes: Uint8Array): Promise<void> {
    for (const { writer } of this.#sums) await writer.write(bytes);
  }

  /** Whether all that was added has what was announced. Nothing can be added any more. */
  async areRight(): Promise<boolean> {
    return (await this.#wrong()) === undefined;
  }

  /** @throws ProblemError digest_mismatch */
  async require(): Promise<void> {
    const wrong = await this.#wrong();
    if (wrong) throw new ProblemError("digest_mismatch", `What arrived has another ${wrong.algorithm}.`);
  }

  async #wrong(): Promise<Announced | undefined> {
    for (const { announced, stream, writer } of this.#sums) {
      await writer.close();
      const digest = new Uint8Array(await stream.digest);
      const { value } = announced;
      if (digest.length !== value.length || digest.some((byte, at) => byte !== value[at])) return announced;
    }
    return undefined;
  }
}

/** @throws ProblemError digest_mismatch where the bytes have another than one that was announced */
export async function requireDigests(bytes: Uint8Array, announced: readonly Announced[]): Promise<void> {
  const sums = new Sums(announced);
  await sums.add(bytes);
  await sums.require();
}

function fail(name: string): never {
  throw malformed(name);
}

const malformed = (name: string) =>
  new ProblemError("invalid_request", `${name} is no list of digests such as sha-256=:…: (RFC 9530).`, {
    errors: [{ pointer: name, detail: "It cannot be read." }],
  });
