import type { Reader } from "./bytes.ts";
import { corrupt, unsupported } from "./failure.ts";
import { type Box, boxes, type Extent, Fields, findBox } from "./isobmff.ts";
import { MAX_HEIF_ITEMS, MAX_HEIF_META_BYTES, MAX_SEGMENTS } from "./limits.ts";
import type { ProbeFailure } from "./types.ts";

/** What a HEIF file holds: pictures, tiles of pictures, metadata. ISO/IEC 23008-12. */
export type Item = {
  type: string;
  /** Where its bytes lie, in their order. */
  extents: Extent[];
  /** How many there are; Infinity where some lie outside the file. */
  bytes: number;
  /** In the order in which they are applied; 255 at most. */
  properties: Box[];
};

export type Items = {
  primary: number;
  byId: Map<number, Item>;
  /** Of each kind of reference: from which item, to which. */
  references: { kind: string; from: number; to: number[] }[];
};

/** Reads the meta box, whichever brand the file claims. */
export function readItems(reader: Reader): Items | ProbeFailure {
  const meta = findBox(reader, { data: 0, end: reader.length }, "meta");
  if (!meta) return corrupt("The file has no pictures, or ends inside their list.");
  if (meta.end - meta.data > MAX_HEIF_META_BYTES)
    return unsupported("The list of the file's pictures is too long.");
  const body = { data: meta.data + 4, end: meta.end };
  const [pitm, iinf, iloc, iprp, iref, idat] = ["pitm", "iinf", "iloc", "iprp", "iref", "idat"].map((type) =>
    findBox(reader, body, type),
  );
  if (!pitm || !iinf || !iloc || !iprp) return corrupt("The list of the file's pictures is incomplete.");
  const byId = new Map<number, Item>();
  for (const { id, type } of readTypes(reader, iinf))
    byId.set(id, { type, extents: [], bytes: 0, properties: [] });
  if (byId.size > MAX_HEIF_ITEMS)
    return unsupported(`A file of more than ${MAX_HEIF_ITEMS} pictures is not supported.`);
  readPlaces(reader, iloc, idat, byId);
  readProperties(reader, iprp, byId);
  const fields = new Fields(reader, pitm);
  const primary = fields.uint(fields.version().version === 0 ? 2 : 4);
  return { primary, byId, references: iref ? readReferences(reader, iref) : [] };
}

function* readTypes(reader: Reader, iinf: Box): Generator<{ id: number; type: string }> {
  const head = new Fields(reader, iinf);
  head.uint(head.version().version === 0 ? 2 : 4);
  for (const box of boxes(reader, head.at, iinf.end)) {
    const fields = new Fields(reader, box);
    const { version } = fields.version();
    if (box.type !== "infe" || version < 2) continue; // older entries say nothing of pictures
    const id = fields.uint(version === 2 ? 2 : 4);
    fields.uint(2); // protection
    yield { id, type: fields.fourCc() };
  }
}

/** ISO/IEC 14496-12 §8.11.3. Bytes that lie in another file or item are left out. */
function readPlaces(reader: Reader, iloc: Box, idat: Box | undefined, byId: Map<number, Item>): void {
  const fields = new Fields(reader, iloc);
  const { version } = fields.version();
  const [sizes, more] = [fields.uint(1), fields.uint(1)];
  const [offsetSize, lengthSize, baseSize] = [sizes >> 4, sizes & 15, more >> 4];
  const indexSize = version === 0 ? 0 : more & 15;
  const count = fields.uint(version < 2 ? 2 : 4);
  let places = 0; // which may take no bytes at all
  for (let i = 0; i < count && !fields.isAtEnd; i++) {
    const item = byId.get(fields.uint(version < 2 ? 2 : 4));
    const method = version === 0 ? 0 : fields.uint(2) & 15;
    const isHere = fields.uint(2) === 0;
    const base = fields.uint(baseSize);
    const extents = fields.uint(2);
    for (let e = 0; e < extents && !fields.isAtEnd && places < MAX_SEGMENTS; e++, places++) {
      fields.uint(indexSize);
      const [offset, length] = [base + fields.uint(offsetSize), fields.uint(lengthSize)];
      const from = method === 0 ? 0 : method === 1 ? idat?.data : undefined;
      if (!item || !isHere || from === undefined) continue;
      const start = from + offset;
      const end = length === 0 ? reader.length : start + length;
      item.extents.push({ start, end });
      item.bytes += start <= end && end <= reader.length ? end - start : Number.POSITIVE_INFINITY;
    }
  }
}

function readProperties(reader: Reader, iprp: Box, byId: Map<number, Item>): void {
  const ipco = findBox(reader, iprp, "ipco");
  if (!ipco) return;
  const all = [...boxes(reader, ipco.data, ipco.end)];
  for (const ipma of boxes(reader, iprp.data, iprp.end)) {
    if (ipma.type !== "ipma") continue;
    const fields = new Fields(reader, ipma);
    const { version, flags } = fields.version();
    const isWide = (flags & 1) === 1;
    const entries = fields.uint(4);
    for (let i = 0; i < entries && !fields.isAtEnd; i++) {
      const item = byId.get(fields.uint(version === 0 ? 2 : 4));
      const count = fields.uint(1);
      const found: Box[] = [];
      for (let p = 0; p < count && !fields.isAtEnd; p++) {
        const index = isWide ? fields.uint(2) & 0x7fff : fields.uint(1) & 0x7f;
        const property = all[index - 1];
        if (property) found.push(property);
      }
      if (item && item.properties.length === 0) item.properties = found; // further entries for it are not allowed (§9.3.1 there)
    }
  }
}

function readReferences(reader: Reader, iref: Box): Items["references"] {
  const idSize = reader.u8(iref.data) === 0 ? 2 : 4;
  const references = [];
  for (const box of boxes(reader, iref.data + 4, iref.end)) {
    const fields = new Fields(reader, box);
    const from = fields.uint(idSize);
    const count = fields.uint(2);
    const to: number[] = [];
    for (let i = 0; i < count && !fields.isAtEnd; i++) to.push(fields.uint(idSize));
    references.push({ kind: box.type, from, to });
  }
  return references;
}
