import { Reader } from "../../source/probe/bytes.ts";
import { type Box, boxes, findBox } from "../../source/probe/isobmff.ts";
import { joined, latin, u8, u16, u32 } from "../bytes.ts";
import { PACKET } from "./packet.ts";

/**
 * As an item that describes the primary one. ISO/IEC 23008-12 annex A.3. The file is libavif's own, whose lists have the forms that are
 * asked for here; a list that grows moves the data behind it, whose places are set right.
 */
export function markAvif(file: Uint8Array): Uint8Array {
  const reader = new Reader(file);
  const meta = findBox(reader, { data: 0, end: file.length }, "meta");
  if (!meta) throw unknown("meta");
  const lists = [...boxes(reader, meta.data + 4, meta.end)];
  const find = (type: string) => lists.find((box) => box.type === type);
  const [pitm, iinf, iloc] = ["pitm", "iinf", "iloc"].map((type) => {
    const box = find(type);
    if (!box || reader.u8(box.data) !== 0) throw unknown(type);
    return box;
  }) as [Box, Box, Box];
  const primary = reader.u16(pitm.data + 4);
  const count = reader.u16(iinf.data + 4);
  const id = 1 + Math.max(...placesOf(reader, iloc).map((place) => reader.u16(place)));

  const name = latin("mimeXMP\0application/rdf+xml\0");
  const entry = box("infe", u8(2, 0, 0, 1), u16(id), u16(0), name); // version 2, hidden
  const describes = box("cdsc", u16(id), u16(1), u16(primary));
  const iref = find("iref");
  const grown = (delta: number) =>
    new Map<Box | undefined, Uint8Array>([
      [iinf, box("iinf", u32(0), u16(count + 1), file.subarray(iinf.data + 6, iinf.end), entry)],
      [
        iloc,
        placed(
          reader,
          iloc,
          delta,
          joined([u16(id), u16(0), u16(1), u32(file.length + delta + 8), u32(PACKET.length)]),
        ),
      ],
      [iref, box("iref", iref ? file.subarray(iref.data, iref.end) : u32(0), describes)],
    ]);
  const listed = (delta: number) => {
    const changed = grown(delta);
    const kept = lists.map((list) => changed.get(list) ?? file.subarray(list.start, list.end));
    const added = iref ? [] : [changed.get(undefined) as Uint8Array];
    return box("meta", u32(0), ...kept, ...added);
  };
  const delta = listed(0).length - (meta.end - meta.start);
  return joined([file.subarray(0, meta.start), listed(delta), file.subarray(meta.end), box("mdat", PACKET)]);
}

/** Bytes of an item's place: its id, the file it is in, its extents' number, and one of them. */
const PLACE = 14;

/** Where each item's place begins. */
function placesOf(reader: Reader, iloc: Box): number[] {
  const count = reader.u16(iloc.data + 6);
  const hasForm = reader.u16(iloc.data + 4) === 0x4400 && iloc.data + 8 + count * PLACE === iloc.end;
  if (!hasForm || count === 0) throw unknown("iloc"); // offsets and lengths of 4 bytes, in one piece each
  return Array.from({ length: count }, (_, i) => iloc.data + 8 + i * PLACE);
}

function placed(reader: Reader, iloc: Box, delta: number, added: Uint8Array): Uint8Array {
  const places = placesOf(reader, iloc).map((at) =>
    joined([
      reader.bytes.subarray(at, at + 6),
      u32(reader.u32(at + 6) + delta),
      reader.bytes.subarray(at + 10, at + PLACE),
    ]),
  );
  return box("iloc", u32(0), u16(0x4400), u16(places.length + 1), ...places, added);
}

function box(type: string, ...parts: Uint8Array[]): Uint8Array {
  const body = joined(parts);
  return joined([u32(8 + body.length), latin(type), body]);
}

const unknown = (type: string) => new Error(`libavif's ${type} box has a form that is not known here.`);
