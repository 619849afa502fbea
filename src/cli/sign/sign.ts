import { readFile } from "node:fs/promises";
import { toBase64url } from "../../contract/encoding.ts";
import { type SigningKey, sign, signedText } from "../../contract/signature.ts";
import { parseSource, sourceText } from "../../contract/source.ts";
import { readOptions } from "../../contract/transform/read.ts";
import { KEY_ID } from "../../contract/transform.ts";
import { parseSigningKeys } from "../../edge/access/signing-keys.ts";
import { Complaint } from "../complaint.mjs";
import { unusable } from "../files.mjs";
import { type Picture, readArguments, USAGE } from "./arguments.ts";

/**
 * The whole of `npm run sign`: what it prints.
 *
 * @param now milliseconds since 1970
 * @throws Complaint
 */
export async function signCommand(
  args: string[],
  env: Record<string, string | undefined>,
  now: number,
): Promise<string> {
  const asked = readArguments(args);
  if (asked.kind === "help") return USAGE;
  if (asked.kind === "new-key") return `${newKey(asked.id)}\n`;
  const key = await readKey(asked.keyFile, asked.kid, env);
  const exp = asked.seconds === undefined ? undefined : Math.floor(now / 1000) + asked.seconds;
  const lines = await Promise.all(asked.pictures.map((picture) => signedUrl(picture, exp, key)));
  return lines.map((line) => `${line}\n`).join("");
}

/** As long as the hash: RFC 2104 recommends no less, and more gains nothing. */
function newKey(id: string): string {
  if (!KEY_ID.test(id))
    throw new Complaint(`A key's id has letters, digits, "-" and "_", 32 at most; not "${id}".`);
  return `${id}:${toBase64url(crypto.getRandomValues(new Uint8Array(32)))}`;
}

async function readKey(
  file: string | undefined,
  kid: string | undefined,
  env: Record<string, string | undefined>,
): Promise<SigningKey> {
  const text = file === undefined ? env.SIGNING_KEYS : await contentOf(file);
  const place = file ?? "SIGNING_KEYS";
  const parsed = parseSigningKeys(text ?? "");
  if (!parsed.ok) throw new Complaint(`${place}: ${parsed.complaint}`);
  const [first] = parsed.value.values();
  if (!first) throw new Complaint("There is no key: set SIGNING_KEYS, or name a file with --key-file.");
  const key = kid === undefined ? first : parsed.value.get(kid);
  if (!key) throw new Complaint(`${place} has no key "${kid}".`);
  return key;
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw unusable(file, error);
  }
}

/** The source stays as it was given, raw or percent-encoded, but for what URL parsers on the way would change. */
async function signedUrl(
  { before, options, source }: Picture,
  exp: number | undefined,
  key: SigningKey,
): Promise<string> {
  const pairs = options.split(",").filter((pair) => !/^(?:kid|sig)=/.test(pair));
  if (exp !== undefined) pairs.push(`exp=${exp}`);
  pairs.push(`kid=${key.id}`);
  const read = readOptions(pairs.join(","));
  if (!read.ok) throw new Complaint(read.detail);
  const located = parseSource(source);
  if (!located.ok) throw new Complaint(located.detail);
  const isEncoded = sourceText(source) !== source;
  const text = located.source.kind === "url" && !isEncoded ? located.source.url.href : sourceText(source);
  if (text === undefined) throw new Complaint("The source cannot be decoded."); // parseSource would have said so
  const sig = await sign(signedText(pairs.join(","), text), key);
  return `${before}/image/${pairs.sort().join(",")},sig=${sig}/${isEncoded ? encodeURIComponent(text) : text}`;
}
