import { joined } from "../../../src/edge/source/probe/bytes.ts";
import { type PictureName, readPicture } from "../../fixtures/pictures/files.ts";
import { random } from "../../support/random.ts";
import { ANY, type HostileFile } from "./file.ts";

/** A sound file of each format, and of each way through its decoder. */
const BASES: PictureName[] = [
  "baseline-420.jpg",
  "progressive-444.jpg",
  "cmyk-profile.jpg",
  "p3.jpg",
  "rgb.png",
  "palette-alpha.png",
  "rgba-16bit-interlaced.png",
  "lossy-alpha.webp",
  "lossless-alpha.webp",
  "animated-lossless.webp",
  "interlaced.gif",
  "alpha.avif",
  "10bit.heic",
  "tiled-turned.heic",
];

type Random = (below: number) => number;

const MUTATIONS: Record<string, (bytes: Uint8Array, random: Random) => Uint8Array> = {
  "cut off in its header": (bytes, random) => bytes.subarray(0, 1 + random(Math.min(200, bytes.length - 1))),
  "cut off": (bytes, random) => bytes.subarray(0, 1 + random(bytes.length - 1)),
  "a bit turned": (bytes, random) => changed(bytes, random, (value) => value ^ (1 << random(8))),
  "a byte changed": (bytes, random) => changed(bytes, random, () => random(256)),
  "twenty bytes changed": (bytes, random) => {
    let result = bytes;
    for (let i = 0; i < 20; i++) result = changed(result, random, () => random(256));
    return result;
  },
  "a byte of its header at its most": (bytes, random) => changed(bytes, random, () => 255, 100),
  "pieces in another order": (bytes, random) => {
    const [a, b] = [1 + random(bytes.length - 1), 1 + random(bytes.length - 1)].sort((x, y) => x - y) as [
      number,
      number,
    ];
    return joined([bytes.subarray(0, 12), bytes.subarray(b), bytes.subarray(a, b), bytes.subarray(12, a)]);
  },
  "a piece twice": (bytes, random) => {
    const [from, length] = [random(bytes.length), 1 + random(64)];
    return joined([bytes.subarray(0, from + length), bytes.subarray(from)]);
  },
  "a piece missing": (bytes, random) => {
    const from = random(bytes.length);
    return joined([bytes.subarray(0, from), bytes.subarray(from + 1 + random(64))]);
  },
  "zeros in its middle": (bytes, random) => {
    const result = bytes.slice();
    const from = random(bytes.length);
    return result.fill(0, from, from + 1 + random(256));
  },
};

function changed(
  bytes: Uint8Array,
  random: Random,
  change: (value: number) => number,
  within = bytes.length,
) {
  const result = bytes.slice();
  const at = random(Math.min(within, bytes.length));
  result[at] = change(result[at] as number);
  return result;
}

/** @param rounds of every mutation of every base */
export function mutations(rounds: number): HostileFile[] {
  return BASES.flatMap((base, b) =>
    Object.entries(MUTATIONS).flatMap(([what, mutate], m) =>
      Array.from({ length: rounds }, (_, round) => {
        const next = random(1 + b * 1_000_003 + m * 10_007 + round);
        const below: Random = (limit) => Math.floor(next() * limit);
        return {
          name: `${base}: ${what} (${round + 1})`,
          make: () => mutate(readPicture(base), below),
          verdicts: [...ANY, "picture_too_small"],
        };
      }),
    ),
  );
}
