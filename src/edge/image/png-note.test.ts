import { expect, it } from "vitest";
import { picture } from "../../../tests/fixtures/pictures/picture.ts";
import { probe } from "../source/probe.ts";
import { decode, encode } from "./index.ts";
import { noteOf, withNote } from "./png-note.ts";

const NOTE = JSON.stringify({ faces: [1, 2, 3], name: "Ä" });

it("a PNG keeps a note, and its pixels", async () => {
  const plain = await encode(picture("graded"), "png", 100);
  const noted = withNote(plain, NOTE);
  expect(noteOf(noted)).toBe(NOTE);
  const probed = probe(noted);
  if (!probed.ok) throw new Error(probed.detail);
  expect(await decode(noted, probed, { longSide: 4096 })).toEqual(picture("graded"));
});

it("is read only where it is there and whole", async () => {
  const plain = await encode(picture(), "png", 100);
  expect(noteOf(plain)).toBeUndefined();
  const noted = withNote(plain, NOTE);
  for (let at = 0; at < 33 + 12 + NOTE.length; at++)
    expect([undefined, NOTE]).toContain(noteOf(noted.subarray(0, at)));
  const broken = noted.slice();
  broken[50] = (broken[50] as number) ^ 1;
  expect(noteOf(broken)).toBeUndefined();
});
