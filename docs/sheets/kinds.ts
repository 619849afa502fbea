import { ground, peopled, type Row, standsOf, turned } from "./people.ts";

/** What scenes are made of: files. */
export type Material = {
  portraits: readonly Uint8Array[];
  /** Photos of people from head to foot. */
  bodies: readonly Uint8Array[];
  /** Photos without people. */
  scenery: readonly Uint8Array[];
};

/** Test scenes of one kind, and the size in which a sheet shows each. */
export type Kind = { name: string; tile: { width: number; height: number }; scenes: readonly Uint8Array[] };

const TURNS = [0, 45, 90, 135, 180];

const GROUPS: Row[][] = [
  [{ count: 2, side: 340 }],
  [{ count: 3, side: 270 }],
  [
    { count: 3, side: 220 },
    { count: 2, side: 280 },
  ],
  [
    { count: 4, side: 190 },
    { count: 4, side: 196 },
  ],
];

const CROWDS: Row[][] = [
  [
    { count: 10, side: 90 },
    { count: 9, side: 100 },
    { count: 9, side: 104 },
    { count: 8, side: 118 },
  ],
  [14, 13, 12, 11, 10].map((count) => ({ count, side: Math.round(768 / count) + 2 })),
];

/** All kinds, in a fixed order and always the same scenes of the same material. */
export async function kindsOf({ portraits, bodies, scenery }: Material): Promise<Kind[]> {
  const behind = (i: number, width: number, height: number) =>
    ground(scenery.length > 0 ? scenery[i % scenery.length] : undefined, width, height);
  const people = (from: number) => [...portraits.slice(from), ...portraits.slice(0, from)];
  const scene = async (rows: Row[], i: number, cut: "oval" | "panel", height = 512) =>
    peopled(await behind(i, 768, height), people(i * 7), standsOf(rows, 768, height), cut);

  const small = await peopled(
    await behind(0, 768, 768),
    people(3),
    [{ left: 300, top: 420, side: 150 }],
    "oval",
  );
  const cropped = await Promise.all([0, 1, 2].map((i) => behind(i, 640, 640)));
  const wide = { width: 480, height: 320 };
  const square = { width: 384, height: 384 };
  return [
    {
      name: "portraits",
      tile: { width: 320, height: 320 },
      scenes: [1, 3, 5, 7, 9, 11].flatMap(
        (twelfth) => people(Math.floor((twelfth * portraits.length) / 12))[0] ?? [],
      ),
    },
    {
      name: "groups",
      tile: wide,
      scenes: await Promise.all(GROUPS.map((rows, i) => scene(rows, i, i % 2 === 0 ? "oval" : "panel"))),
    },
    {
      name: "crowds",
      tile: { width: 768, height: 512 },
      scenes: await Promise.all(CROWDS.map((rows, i) => scene(rows, i, i === 0 ? "oval" : "panel"))),
    },
    { name: "bodies", tile: square, scenes: [...bodies.slice(0, 4), small] },
    {
      name: "turned",
      tile: square,
      scenes: await Promise.all(TURNS.map((degrees) => turned(portraits[0] as Uint8Array, degrees))),
    },
    { name: "without", tile: square, scenes: scenery.length > 0 ? scenery.slice(0, 5) : cropped },
  ];
}
