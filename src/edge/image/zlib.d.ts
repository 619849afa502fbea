/** What of Node's zlib workerd offers under `nodejs_compat` and this folder uses: all of Node's types would be promises too many. */
declare module "node:zlib" {
  /** CRC of ISO 3309, as PNG has it. */
  export function crc32(data: Uint8Array): number;
  /** RFC 1950, as PNG has it; a Buffer. */
  export function deflateSync(data: Uint8Array): Uint8Array;
}
