import { joined } from "../../src/edge/source/probe/bytes.ts";

/** A writer of HEIF files in pieces (ISO/IEC 23008-12), for what no library writes. */

export const latin = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
export const u8 = (...values: number[]) => Uint8Array.from(values);
export const u16 = (value: number) => u8(value >> 8, value & 255);
export const u32 = (value: number) => joined([u16(Math.floor(value / 65536)), u16(value % 65536)]);
export const box = (type: string, ...parts: Uint8Array[]) => {
  const body = joined([new Uint8Array(0), ...parts]);
  return joined([u32(8 + body.length), latin(type), body]);
};
export const full = (type: string, ...parts: Uint8Array[]) => box(type, u32(0), ...parts);
export const ispe = (width: number, height: number) => full("ispe", u32(width), u32(height));

/** A picture with its properties as whole boxes. */
export type Item = { type: string; properties: Uint8Array[]; data: Uint8Array };
export type Reference = { kind: string; from: number; to: number[] };

/** A file of these items, numbered from 1. */
export function heif(
  items: Item[],
  primary: number,
  references: Reference[] = [],
  extra: Uint8Array[] = [],
): Uint8Array {
  const properties = [...new Set(items.flatMap((item) => item.properties))]; // the same box serves several pictures
  const entries = items.map(({ type }, i) =>
    box("infe", u8(2, 0, 0, 0), u16(i + 1), u16(0), latin(`${type}\0`)),
  );
  const owned = items.map((item, i) =>
    joined([
      u16(i + 1),
      u8(item.properties.length),
      ...item.properties.map((property) => u16(properties.indexOf(property) + 1)),
    ]),
  );
  const refs = references.map(({ kind, from, to }) => box(kind, u16(from), u16(to.length), ...to.map(u16)));
  const head = box("ftyp", latin("heic"), u32(0), latin("mif1"));
  const meta = (start: number) => {
    let at = start;
    const places = items.map(({ data }, i) => {
      const place = joined([u16(i + 1), u16(0), u16(1), u32(at), u32(data.length)]);
      at += data.length;
      return place;
    });
    return full(
      "meta",
      full("pitm", u16(primary)),
      full("iloc", u8(0x44, 0), u16(items.length), ...places),
      full("iinf", u16(items.length), ...entries),
      box("iprp", box("ipco", ...properties), box("ipma", u32(1), u32(items.length), ...owned)),
      ...(refs.length > 0 ? [full("iref", ...refs)] : []),
      ...extra,
    );
  };
  const listing = meta(head.length + meta(0).length + 8);
  return joined([head, listing, box("mdat", ...items.map(({ data }) => data))]);
}
