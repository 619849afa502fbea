import { Reader } from "../../src/edge/source/probe/bytes.ts";

/** How many bytes of a file are looked at while `work` is done: what it takes, whatever the machine. */
export function countReads(work: () => unknown): number {
  const { u8 } = Reader.prototype;
  let reads = 0;
  Reader.prototype.u8 = function (offset) {
    reads++;
    return u8.call(this, offset);
  };
  try {
    work();
  } finally {
    Reader.prototype.u8 = u8;
  }
  return reads;
}
