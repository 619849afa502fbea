import { joined, latin } from "../bytes.ts";
import { withChunk } from "../png-note.ts";
import { PACKET } from "./packet.ts";

/** An iTXt chunk of this name, not compressed and in no language. PNG 3rd edition §11.3.3.4. */
const BODY = joined([latin("XML:com.adobe.xmp\0\0\0\0\0"), PACKET]);

export const markPng = (file: Uint8Array): Uint8Array => withChunk(file, "iTXt", BODY);
