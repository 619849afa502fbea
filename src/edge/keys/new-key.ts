import { sha256 } from "../../contract/encoding.ts";
/** What a key looks like: `sg_{id}_{secret}`. The prefix lets scanners of published code know one when they see it. */
export type KeyText = { id: string; secret: string };

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const ID_LENGTH = 12;
/** 43 of 62 characters are 256 bits. */
const SECRET_LENGTH = 43;
const FORM = new RegExp(`^sg_([A-Za-z0-9]{${ID_LENGTH}})_([A-Za-z0-9]{${SECRET_LENGTH}})$`);

/** The id of the key's object, `key_{12}`, and its secret; undefined where the text is no key. */
export function readKey(text: string): KeyText | undefined {
  const [, id, secret] = FORM.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id: `key_${id}`, secret };
}

export const newKeyId = (): string => `key_${randomText(ID_LENGTH)}`;

export const newSecret = (): string => randomText(SECRET_LENGTH);

/** @param id `key_{12}` */
export const writeKey = ({ id, secret }: KeyText): string => `sg_${id.slice("key_".length)}_${secret}`;

/**
 * What is stored of a secret. Hashes that are slow on purpose protect what people can think of and others can guess; of 256 random bits
 * nobody guesses one, so that SHA-256 gives nothing away, and a request costs no 100 ms of CPU.
 *
 * @returns hexadecimal
 */
export const hashSecret = (secret: string): Promise<string> => sha256(secret);

/** Each character as likely as any other: bytes that would favour some are thrown away. */
function randomText(length: number): string {
  const fair = 256 - (256 % ALPHABET.length);
  let text = "";
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      if (byte < fair && text.length < length) text += ALPHABET[byte % ALPHABET.length];
    }
  }
  return text;
}
