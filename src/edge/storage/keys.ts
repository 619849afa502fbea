/**
 * Names of stored objects. All are hashes or random, so that nothing a request says can reach outside its prefix. What is made of a picture
 * lies in a folder named by its content, so that all of it can be found, and erased. docs/storage.md describes the layout.
 */
import { sha256 } from "../../contract/encoding.ts";
import { type Source, spellSource } from "../../contract/source.ts";
import { type AnswerFormat, pictureOptions, type Transform } from "../../contract/transform.ts";

/** Pixels. */
type Size = { width: number; height: number };

/** What decides how a style's network and this code turn one picture into a master. */
export type MasterIdentity = {
  contentHash: string;
  style: string;
  /** Of the style's network. */
  version: string;
  /** The suffix of the first endpoint's model: an int8 network draws slightly other pixels than its fp32 original. Endpoints behind it stand in for it. */
  modelSuffix: string;
  workingSize: number;
  /** Heads that are drawn by themselves at most; 0 where the frame is all there is. */
  maxFaces: number;
  /** When any of it was purged last, in milliseconds since 1970; 0 where it never was. What was made before has other names. */
  purgedAt: number;
};

/** Raise when decoding, composing or encoding changes so that stored pictures should be made anew. */
const PIPELINE = "4";

/** Raise when the face detector, or how heads are drawn, changes so that stored pictures should be made anew. */
const HEADS = "1";

/** Raise when the segmenter, or how its matte is stored, changes so that mattes and what was made of them should be made anew. */
const SEGMENTER = "1";

/** Masters of the frame alone are those of before there were others. */
const facesOf = ({ maxFaces }: MasterIdentity) => (maxFaces === 0 ? "none" : `heads ${HEADS}, ${maxFaces}`);

export async function masterKey(identity: MasterIdentity): Promise<string> {
  const { contentHash, style, version, modelSuffix, workingSize, purgedAt } = identity;
  return `masters/${contentHash}/${await digest("master", PIPELINE, contentHash, style, version, modelSuffix, facesOf(identity), `${workingSize}`, `${purgedAt}`)}`;
}

/** Of a master that was enlarged to so many pixels on its longer side, with its heads drawn for that. */
export const largeKey = async (master: string, side: number): Promise<string> =>
  beside(master, await digest("large", master, `${side}`));

/** Who is in a picture, whatever the style: by content, size and segmenter. */
export async function matteKey({
  contentHash,
  workingSize,
  purgedAt,
}: Pick<MasterIdentity, "contentHash" | "workingSize" | "purgedAt">): Promise<string> {
  return `mattes/${contentHash}/${await digest("matte", PIPELINE, SEGMENTER, contentHash, `${workingSize}`, `${purgedAt}`)}`;
}

/** Variants of before there were others have no matte in their names. */
const matteOf = ({ backdrop }: Transform) => (backdrop === "stylize" ? [] : [`segmenter ${SEGMENTER}`]);

/**
 * `format` is the negotiated one, never `auto`: what a client accepts must not decide what another one gets.
 *
 * @param shown the size at which the source can be shown, where it is known
 */
export async function variantKey(
  transform: Transform,
  format: AnswerFormat,
  identity: MasterIdentity,
  shown: Size | undefined,
): Promise<string> {
  const { contentHash, version, modelSuffix, workingSize, purgedAt } = identity;
  const spelled = pictureOptions(transform, format);
  return `variants/${contentHash}/${await digest("variant", PIPELINE, spelled, contentHash, version, modelSuffix, facesOf(identity), `${workingSize}`, `${purgedAt}`, shown ? `${shown.width}x${shown.height}` : "-", ...matteOf(transform))}`;
}

/** Of the same picture, not drawn. */
export const fallbackKey = async (variant: string): Promise<string> =>
  beside(variant, await digest("fallback", variant));

/** A key's own name, without the prefix and the content, which is nobody's business who may see the picture alone. */
export const nameOf = (key: string): string => key.slice(key.lastIndexOf("/") + 1);

/** Another name in a key's folder. */
const beside = (key: string, name: string): string => `${key.slice(0, key.lastIndexOf("/"))}/${name}`;

/** Of what is made of contents: masters, mattes, variants, and what is thought of them. */
export const CONTENT_KINDS = ["masters", "variants", "mattes", "verdicts"] as const;
export type ContentKind = (typeof CONTENT_KINDS)[number];

/** What the names of all that was made of a content begin with. */
export const contentPrefix = (kind: ContentKind, contentHash: string): string => `${kind}/${contentHash}/`;

export const sourceKey = async (source: Source): Promise<string> =>
  `sources/${await digest("source", spellSource(source))}`;

/** When a source, a style, a tag or a content was purged last. */
export const purgeKey = async (kind: "source" | "style" | "tag" | "content", name: string): Promise<string> =>
  `purges/${await digest("purge", kind, name)}`;

/** What the operator's endpoint thinks of a picture. */
export const verdictKey = async (endpoint: string, contentHash: string, purgedAt: number): Promise<string> =>
  `verdicts/${contentHash}/${await digest("verdict", endpoint, contentHash, `${purgedAt}`)}`;

export const uploadKey = (id: string): string => `uploads/${id}`;

/** Bytes that somebody was told to put there, and nobody has looked at yet. */
export const incomingKey = (id: string): string => `incoming/${id}`;

/** JSON keeps the parts apart: no two lists of strings have the same text. */
const digest = (...parts: string[]) => sha256(JSON.stringify(parts));
