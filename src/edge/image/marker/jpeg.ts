import { Reader } from "../../source/probe/bytes.ts";
import { joined, latin, u8, u16 } from "../bytes.ts";
import { PACKET } from "./packet.ts";

const NAME = "http://ns.adobe.com/xap/1.0/\0";

/** In an APP1 segment (ISO 16684-3 §6.2), behind JFIF's own, which wants to be the first. */
export function markJpeg(file: Uint8Array): Uint8Array {
  const reader = new Reader(file);
  const at = reader.is(2, "\xff\xe0") ? 4 + reader.u16(4) : 2;
  const segment = [u8(0xff, 0xe1), u16(2 + NAME.length + PACKET.length), latin(NAME), PACKET];
  return joined([file.subarray(0, at), ...segment, file.subarray(at)]);
}
