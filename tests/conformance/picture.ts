import assert from "node:assert/strict";
import type { Endpoint } from "./endpoint.ts";

/** `count` pictures of one size, one after the other, [count, height, width, 3] sRGB. */
export type Picture = { name: string; count: number; width: number; height: number; bytes: Uint8Array };

/** One that is like no other of another seed. */
export function picture(width: number, height: number, seed = 1): Picture {
  const bytes = new Uint8Array(width * height * 3);
  for (let i = 0; i < bytes.length; i++) {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    bytes[i] = 127.5 + 127.5 * Math.sin((x * (seed + 1) + y * (5 - seed)) / 9 + seed * 2 + (i % 3));
  }
  return { name: `${width}x${height}#${seed}`, count: 1, width, height, bytes };
}

/** Several of one size as one batch. */
export function batch(pictures: readonly [Picture, ...Picture[]]): Picture {
  const [{ width, height }] = pictures;
  const bytes = new Uint8Array(pictures.flatMap((one) => [...one.bytes]));
  return { name: pictures.map(({ name }) => name).join("+"), count: pictures.length, width, height, bytes };
}

/** Of 255: kernels for other batch sizes round otherwise, and reduced precision on GPUs makes this of it. */
const TOLERANCE = 8;

/** @throws AssertionError unless they are the same drawing */
export function assertSame(found: Uint8Array, expected: Uint8Array, what: string): void {
  assert.equal(
    found.byteLength,
    expected.byteLength,
    `${what}: ${found.byteLength} bytes, not ${expected.byteLength}`,
  );
  const most = difference(found, expected);
  assert.ok(most <= TOLERANCE, `${what}: values are off by up to ${most} of 255`);
}

/**
 * The drawings of pictures of one size.
 *
 * @throws Error where they are all the same: whether somebody else's was answered could not be seen
 */
export async function drawnApart(endpoint: Endpoint, pictures: readonly Picture[]): Promise<Uint8Array[]> {
  const drawings: Uint8Array[] = [];
  for (const each of pictures) drawings.push(await endpoint.drawn(each));
  for (const [i, drawing] of drawings.entries()) {
    const twin = drawings.findIndex(
      (other, j) => j < i && other.length === drawing.length && difference(other, drawing) <= TOLERANCE,
    );
    if (twin >= 0)
      throw new Error(`${endpoint.model.name} draws the same of two pictures: check with another model`);
  }
  return drawings;
}

function difference(one: Uint8Array, other: Uint8Array): number {
  return one.reduce((most, value, i) => Math.max(most, Math.abs(value - (other[i] ?? 0))), 0);
}
