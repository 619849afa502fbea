/**
 * Writes `dist/ort.wasm`: onnxruntime-web's code, which imports a memory that threads could share, with that flag cleared. There are no
 * threads in a Worker, so nothing is lost; runs are quicker, and the runtime is not asked for shared memory, which it may not give.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** @typedef {{ bytes: Uint8Array, at: number }} Cursor */

/**
 * A copy of a WebAssembly module whose imported memories are not shared. WebAssembly core specification, 5.5.5 (imports) and 5.3.8 (limits):
 * bit 1 of the flags says shared.
 *
 * @param {Uint8Array} code
 */
export function unshared(code) {
  const bytes = new Uint8Array(code);
  for (const at of importedMemories(bytes)) bytes[at] = (bytes[at] ?? 0) & ~2;
  return bytes;
}

/**
 * Where the flags of each imported memory are.
 *
 * @param {Uint8Array} bytes
 */
function importedMemories(bytes) {
  const cursor = { bytes, at: 8 }; // behind the magic number and the version
  while (cursor.at < bytes.length) {
    const id = byte(cursor);
    const length = number(cursor);
    if (id === 2) return memoriesOf(cursor);
    cursor.at += length;
  }
  return [];
}

/** @param {Cursor} cursor at the section of the imports */
function memoriesOf(cursor) {
  const found = [];
  for (let left = number(cursor); left > 0; left--) {
    for (let name = 0; name < 2; name++) {
      const length = number(cursor);
      cursor.at += length;
    }
    const kind = byte(cursor);
    if (kind === 0) number(cursor);
    else if (kind === 2) {
      found.push(cursor.at);
      skipLimits(cursor);
    } else if (kind === 1) {
      cursor.at++;
      skipLimits(cursor);
    } else if (kind === 3) cursor.at += 2;
    else if (kind === 4) {
      cursor.at++;
      number(cursor);
    } else throw new Error(`an import of the unknown kind ${kind}`);
  }
  return found;
}

/** @param {Cursor} cursor */
function skipLimits(cursor) {
  const hasMost = byte(cursor) & 1;
  number(cursor);
  if (hasMost) number(cursor);
}

/** @param {Cursor} cursor */
function byte(cursor) {
  const value = cursor.bytes[cursor.at++];
  if (value === undefined) throw new Error("the module ends too early");
  return value;
}

/**
 * LEB128.
 *
 * @param {Cursor} cursor
 */
function number(cursor) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const next = byte(cursor);
    value += (next & 127) * 2 ** shift;
    if (next < 128) return value;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const from = fileURLToPath(import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm"));
  const to = fileURLToPath(new URL("../dist/ort.wasm", import.meta.url));
  const code = Buffer.from(unshared(readFileSync(from)));
  // Others may be reading it, and several builds run side by side.
  if (!existsSync(to) || !readFileSync(to).equals(code)) {
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(`${to}.${process.pid}`, code);
    renameSync(`${to}.${process.pid}`, to);
  }
}
