import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import {
  type Asked,
  ask as askWorker,
  detections,
  found,
  inferences,
  showFaces,
  uncache,
} from "../../../tests/support/workerd/ask.ts";
import { ASYNC, deliver, jobOf, of, post } from "../../../tests/support/workerd/stylizations.ts";
import { decode, type Pixels } from "../image/index.ts";
import { probe } from "../source/probe.ts";

const HOST = "https://photos.example.com";
let seed = 9000;
/** Sizes that no other test has, so that each says what faces there are in its own. */
let width = 200;
let size: string;
let source: string;

afterEach(reset);

beforeEach(async () => {
  width += 1;
  size = `${width}x160`;
  source = `${HOST}/png?seed=${seed++}&width=${width}&height=160`;
});

/** Draws at once: heads red, all else gray. */
const PAINTER = { INFERENCE_URL: "http://inference.example.net/painter/quick" };
const ask = (url: string, { env, ...asked }: Asked = {}) =>
  askWorker(url, { ...asked, env: { ...PAINTER, ...env } });

const path = (options = "", from = source) => `/image/style=handdrawn,format=png${options}/${from}`;

/** A face whose eyes are so many pixels apart, in the middle between them at x, y. */
function face(x: number, y: number, eyes = 8, score = 0.97) {
  const at = (right: number, down: number) => [x + right * eyes, y + down * eyes];
  return {
    box: [...at(-1, -0.8), ...at(1, 1.8)],
    score,
    landmarks: [...at(-0.5, 0), ...at(0.5, 0), ...at(0, 0.57), ...at(-0.41, 1.15), ...at(0.41, 1.15)],
  };
}

const many = (count: number) =>
  Array.from({ length: count }, (_, i) => face(10 + (i % 10) * 18, 12 + Math.floor(i / 10) * 24, 8));

/** How often the networks, and the detector, are asked while something is done. */
async function calls(work: () => Promise<unknown>) {
  const before = [await inferences(), await detections()] as const;
  await work();
  return { drawing: (await inferences()) - before[0], detecting: (await detections()) - before[1] };
}

async function pixels(answer: { bytes: Uint8Array; status: number }): Promise<Pixels> {
  expect(answer.status).toBe(200);
  const probed = probe(answer.bytes);
  if (!probed.ok) throw new Error(probed.detail);
  return decode(answer.bytes, probed, { longSide: 4096 });
}

/** How far two pictures differ at most within a part of them. */
function difference(
  a: Pixels,
  b: Pixels,
  [left, top, right, bottom]: [number, number, number, number],
): number {
  let most = 0;
  for (let y = top; y < bottom; y++) {
    for (let at = (y * a.width + left) * 4; at < (y * a.width + right) * 4; at++) {
      most = Math.max(most, Math.abs((a.data[at] as number) - (b.data[at] as number)));
    }
  }
  return most;
}

const told = async (options = "") =>
  (await ask(`/image/style=handdrawn,format=json${options}/${source}`)).json<Record<string, unknown>>();
const count = (answer: Response) => answer.headers.get("Stylegate-Faces");

describe("heads", () => {
  it.each([
    [0, 1, 2], // upright, and in the other ways up
    [1, 2, 1],
    [8, 2, 1],
    [9, 3, 1],
    [60, 5, 1], // the thirty-two largest
  ])("of %i faces take %i calls to draw", async (number, drawing, detecting) => {
    await showFaces(size, many(number));
    const asked = await calls(async () => expect(count(await ask(path()))).toBe(`${number}`));
    expect(asked).toEqual({ drawing, detecting });
  });

  it("of 60 faces take nine where so many may be drawn", async () => {
    await showFaces(size, many(60));
    const asked = await calls(() => ask(path(), { env: { MAX_FACES: "60" } }));
    expect(asked).toEqual({ drawing: 9, detecting: 1 });
  });

  it("are drawn where the faces are, and nowhere else", async () => {
    await showFaces(size, [face(60, 60, 10)]);
    const [with_, without] = [await pixels(await ask(path())), await pixels(await ask(path(",faces=none")))];
    expect(with_.data.subarray((60 * width + 60) * 4, (60 * width + 61) * 4)).toEqual(
      new Uint8ClampedArray([255, 0, 0, 255]),
    );
    expect(difference(with_, without, [110, 0, width, 160])).toBe(0);
    expect(difference(with_, without, [0, 0, 30, 160])).toBe(0);
  });

  it("that are as large in the frame as they would be are left as they are", async () => {
    await showFaces(size, [face(90, 70, 70)]);
    const asked = await calls(async () => expect(count(await ask(path()))).toBe("1"));
    expect(asked.drawing).toBe(1);
    expect(await told()).toMatchObject({ faces: [{ drawn: "frame" }] });
  });

  it("are not looked for with faces=none, nor where MAX_FACES is 0", async () => {
    await showFaces(size, many(3));
    const asked = await calls(async () => {
      expect(count(await ask(path(",faces=none")))).toBeNull();
      expect(count(await ask(path(), { env: { MAX_FACES: "0" } }))).toBeNull();
    });
    expect(asked).toEqual({ drawing: 1, detecting: 0 });
  });

  it("of faces that make no sense are not drawn", async () => {
    const nowhere = { ...face(60, 60), landmarks: Array.from({ length: 10 }, () => 40) };
    const tiny = face(60, 60, 0.001);
    const wide = { ...face(60, 60), box: [40, 50, 80, 60] };
    await showFaces(size, [nowhere, tiny, wide]);
    const asked = await calls(async () => expect(count(await ask(path()))).toBe("3"));
    expect(asked.drawing).toBe(1);
  });

  it("of a picture with transparency keep it", async () => {
    await showFaces(size, [face(60, 60, 10)]);
    const transparent = `${source}&alpha`;
    const [with_, without] = [
      await pixels(await ask(path("", transparent))),
      await pixels(await ask(path(",faces=none", transparent))),
    ];
    const alpha = ({ data }: Pixels) => data.filter((_, i) => i % 4 === 3);
    expect(alpha(with_)).toEqual(alpha(without));
  });
});

describe("a picture in which nothing stands upright", () => {
  /** What is seen in it once it is turned clockwise, which is first in the picture of all ways up, too. */
  const showTurned = async (seen: ReturnType<typeof face>) => {
    await showFaces(`${2 * width}x${2 * width}`, [seen]);
    await showFaces(`160x${width}`, [seen]);
  };

  it("is looked at in other ways up, and its heads are drawn upright", async () => {
    await showTurned(face(40, 50, 10));
    const asked = await calls(async () => expect(count(await ask(path()))).toBe("1"));
    expect(asked).toEqual({ drawing: 2, detecting: 3 });
    const { faces } = (await told()) as { faces: { landmarks: [number, number][] }[] };
    const [left, right, , mouth] = faces[0]?.landmarks ?? [];
    // A quarter clockwise brings x, y to height − y, x.
    expect(left).toEqual([50, 160 - 35]);
    expect(right).toEqual([50, 160 - 45]);
    expect(mouth?.[0]).toBeGreaterThan(60);
  });

  it.each([
    [0.3, 0.9, 3, [50, 125]],
    [0.85, 0.9, 2, [55, 60]],
    [0.95, 0.99, 1, [55, 60]],
  ])(
    "is taken as it stands, unless a face is clearly surer in another way up: %f, %f",
    async (upright, otherwise, detecting, eye) => {
      await showFaces(size, [face(60, 60, 10, upright)]);
      await showTurned(face(40, 50, 10, otherwise));
      const asked = await calls(() => ask(path()));
      expect(asked.detecting).toBe(detecting);
      const { faces } = (await told()) as { faces: { landmarks: [number, number][] }[] };
      expect(faces[0]?.landmarks[0]).toEqual(eye);
    },
  );
});

describe("what is known of faces", () => {
  it("is told, from a stored picture and a stored master too", async () => {
    await showFaces(size, [face(60, 60, 10, 0.875), face(120, 90, 70, 0.5)]);
    const first = await told();
    expect(first.faces).toEqual([
      {
        x: 50,
        y: 52,
        width: 20,
        height: 26,
        score: 0.875,
        landmarks: [
          [55, 60],
          [65, 60],
          [60, 65.7],
          [55.9, 71.5],
          [64.1, 71.5],
        ],
        drawn: "head",
      },
      expect.objectContaining({ drawn: "frame" }),
    ]);
    const asked = await calls(async () => {
      expect((await told(",width=100")).faces).toEqual(first.faces); // of the master
      const again = await ask(path(",width=100"));
      expect(found(again)).toBe("master");
      expect(count(again)).toBe("2");
      expect(count(await ask(path(",width=100")))).toBe("2"); // of the cache
      expect(count(await ask(path(",width=100"), { method: "HEAD" }))).toBe("2");
    });
    expect(asked).toEqual({ drawing: 0, detecting: 0 });
  });

  it("is told of R2's copy where the cache has none", async () => {
    await showFaces(size, many(2));
    const answer = await ask(path());
    await uncache(answer);
    const head = await ask(path(), { method: "HEAD" });
    expect([count(head), head.headers.get("Content-Length")]).toEqual(["2", `${answer.bytes.length}`]);
    await uncache(answer);
    expect(count(await ask(path()))).toBe("2");
  });

  it("is told of 64 of them", async () => {
    await showFaces(size, many(64));
    const { faces } = await told();
    expect(faces).toHaveLength(64);
    expect((await told(",width=100")).faces).toEqual(faces);
    expect((faces as { drawn: string }[]).filter(({ drawn }) => drawn === "head")).toHaveLength(32);
  });

  it("is nothing where nobody looked", async () => {
    expect((await told(",faces=none")).faces).toBeNull();
    expect(count(await ask(path(",strength=0")))).toBeNull();
  });

  it("may be read by pages of other sites", async () => {
    const answer = await ask(path(), { headers: { Origin: "https://a.example" } });
    expect(answer.headers.get("Access-Control-Expose-Headers")).toContain("Stylegate-Faces");
    expect(count(answer)).toBe("0");
  });
});

describe("gravity=face", () => {
  const crop = async (options: string) => (await told(`,fit=cover,gravity=face${options}`)).crop;

  it("keeps all faces where they fit, else the largest and what fits beside it", async () => {
    await showFaces(size, [face(30, 80, 10), face(70, 80, 8), face(190, 80, 6)]);
    expect(await crop(",width=80,height=160")).toMatchObject({ x: 8 }); // around 12 to 84.4
    expect(await crop(",width=30,height=160")).toMatchObject({ x: 15 }); // around 30
  });

  it("minds no large thing that is hardly a face", async () => {
    const odd = { ...face(150, 80, 10), box: [100, 60, 200, 100] };
    await showFaces(size, [face(40, 80, 10), odd]);
    expect(await crop(",width=80,height=160")).toMatchObject({ x: 0 });
  });

  it("goes by the drawing where there is none", async () => {
    const options = ",fit=cover,width=60,height=160";
    const plain = await told(`${options},gravity=face,faces=none`);
    expect(await told(`${options},gravity=face`)).toMatchObject({ crop: plain.crop });
  });
});

describe("where heads cannot be drawn", () => {
  let env: { INFERENCE_URL: string };
  let log: MockInstance;

  beforeEach(() => {
    env = { INFERENCE_URL: `http://inference.example.net/painter/${size}` }; // what one has seen of an endpoint is remembered
    log = vi.spyOn(console, "error").mockImplementation(() => {});
  });
  afterEach(() => log.mockRestore());
  const logged = () => log.mock.calls.filter(([line]) => String(line).includes("heads_failed")).length;

  it.each(["status 503", "status 404"] as const)(
    "as the detector says %s, the frame is answered, for a minute, as that of faces=none",
    async (status) => {
      await showFaces(size, status);
      const answer = await ask(path(), { env });
      expect([answer.status, count(answer), found(answer)]).toEqual([200, "unknown", "miss"]);
      expect(answer.headers.get("Cache-Control")).toMatch(/^public, max-age=60,/);
      expect(logged()).toBe(1);
      const plain = await ask(path(",faces=none"), { env });
      expect([found(plain), count(plain)]).toEqual(["hit", null]);
      expect(plain.headers.get("ETag")).toBe(answer.headers.get("ETag"));
      expect(plain.headers.get("Cache-Control")).not.toContain("max-age=60,");
    },
  );

  it("as the network draws the frame, but no heads, too", async () => {
    await showFaces(size, many(1));
    const answer = await ask(path(), { env: { INFERENCE_URL: `${env.INFERENCE_URL}/frames` } });
    expect([answer.status, count(answer)]).toEqual([200, "unknown"]);
    expect(logged()).toBe(1);
    expect(
      difference(await pixels(answer), await pixels(await ask(path(",faces=none"), { env })), [
        0,
        0,
        width,
        160,
      ]),
    ).toBe(0);
  });

  it("nothing is drawn twice, nor asked for a while, and nothing is kept that hides them later", async () => {
    await showFaces(size, "status 503");
    expect(count(await ask(path(), { env }))).toBe("unknown");
    const asked = await calls(async () => {
      for (const options of ["", ",width=40"])
        expect(count(await ask(path(options), { env }))).toBe("unknown");
      const told = await ask(`/image/style=handdrawn,format=json/${source}`, { env });
      expect(await told.json()).toMatchObject({ faces: null });
    });
    expect(asked).toEqual({ drawing: 0, detecting: 0 });
    await showFaces(size, many(3));
    expect(count(await ask(path()))).toBe("3"); // another isolate, say
    expect(count(await ask(path(), { env }))).toBe("3");
  });

  it("as the detector is busy for one picture, the next one has its heads", async () => {
    await showFaces(size, "status 503");
    expect(count(await ask(path(), { env }))).toBe("unknown");
    await showFaces(`${width}x150`, many(2));
    const next = `${HOST}/png?seed=${seed++}&width=${width}&height=150`;
    expect(count(await ask(path("", next), { env }))).toBe("2");
  });

  it("a stylization waits for a busy detector, and does without one that is missing", async () => {
    const statusOf = async (status: "status 503" | "status 404") => {
      await showFaces(size, status);
      const outputs = [{ style: "toon", width: 64 }];
      const { id } = await of(await post({ source, outputs }, ASYNC, env));
      await deliver(id, env);
      return (await jobOf(id).read())?.stylization.outputs[0];
    };
    expect(await statusOf("status 503")).toMatchObject({ status: "queued" });
    await reset(); // it would be tried again
    expect(await statusOf("status 404")).toMatchObject({ status: "succeeded" });
  });

  it.each(["", ",strength=0.5"])("the frame is drawn once for all who wait%s", async (options) => {
    await showFaces(size, "status 503");
    const asked = await calls(async () => {
      const answers = await Promise.all([1, 2, 3].map(() => ask(path(options), { env })));
      expect(answers.map(count)).toEqual(["unknown", "unknown", "unknown"]);
    });
    expect(asked).toEqual({ drawing: 1, detecting: 1 });
  });

  it("a frame that cannot be drawn is a problem, as ever", async () => {
    const answer = await ask(path(), { env: { INFERENCE_URL: "http://network.example.com/status/503" } });
    expect(await answer.json()).toMatchObject({ code: "inference_unavailable" });
  });
});
