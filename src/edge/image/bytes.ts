export { joined } from "../source/probe/bytes.ts";

export const latin = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

export const u8 = (...values: number[]): Uint8Array => Uint8Array.from(values);
export const u16 = (value: number): Uint8Array => u8(value >> 8, value & 255);
export const u32 = (value: number): Uint8Array =>
  u8(value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255);
export const u32le = (value: number): Uint8Array => u32(value).reverse();
