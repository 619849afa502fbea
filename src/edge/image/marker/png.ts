import { crc32 } from "node:zlib";
import { joined, latin, u32 } from "../bytes.ts";
import { PACKET } from "./packet.ts";

/** A signature of 8 bytes and the header's chunk of 25. */
const HEAD = 33;

/** An iTXt chunk of this name, not compressed and in no language. PNG 3rd edition §11.3.3.4. */
const BODY = joined([latin("XML:com.adobe.xmp\0\0\0\0\0"), PACKET]);

export function markPng(file: Uint8Array): Uint8Array {
  const chunk = joined([latin("iTXt"), BODY]);
  return joined([file.subarray(0, HEAD), u32(BODY.length), chunk, u32(crc32(chunk)), file.subarray(HEAD)]);
}
