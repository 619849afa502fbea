import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { pixelAt } from "../../../tests/fixtures/pictures/picture.ts";
import {
  type Asked,
  ask as askWorker,
  bindings,
  found,
  segmentations,
  showPeople,
  upload,
} from "../../../tests/support/workerd/ask.ts";
import { decode, type Pixels } from "../image/index.ts";
import { probe } from "../source/probe.ts";

const HOST = "https://photos.example.com";
let seed = 21_000;
/** Sizes that no other test has, so that each says who is in its own. */
let width = 120;
let source: string;
let size: string;

beforeEach(async () => {
  await reset();
  width += 1;
  size = `${width}x90`;
  source = `${HOST}/png?seed=${seed++}&width=${width}&height=90`;
  await showPeople(size, "middle");
});

afterEach(() => vi.restoreAllMocks());

/** Draws at once, all gray; each test has one of its own, which no other has seen fail. */
const painter = () => ({ INFERENCE_URL: `http://inference.example.net/painter/grounds-${width}` });
const ask = (url: string, { env, ...asked }: Asked = {}) =>
  askWorker(url, { ...asked, env: { ...painter(), ...env } });

const path = (options: string, from = source) => `/image/style=handdrawn,faces=none,${options}/${from}`;

async function pixels(answer: { bytes: Uint8Array; status: number }): Promise<Pixels> {
  expect(answer.status).toBe(200);
  const probed = probe(answer.bytes);
  if (!probed.ok) throw new Error(probed.detail);
  return decode(answer.bytes, probed, { longSide: 4096 });
}

const shown = async (options: string, asked?: Asked) => pixels(await ask(path(options), asked));
const photo = () => shown("format=png,strength=0");
const middle = (picture: Pixels) => pixelAt(picture, Math.floor(picture.width / 2), 45);
const corner = (picture: Pixels) => pixelAt(picture, 2, 2);
const GRAY = [128, 128, 128, 255];

const mattes = async () => (await bindings.PICTURES.list({ prefix: "mattes/" })).objects;

/** How often the segmenter is asked while something is done. */
async function segmented(work: () => Promise<unknown>): Promise<number> {
  const before = await segmentations();
  await work();
  return (await segmentations()) - before;
}

describe("behind people", () => {
  it("is the photo with keep", async () => {
    const kept = await shown("backdrop=keep,format=png");
    expect(middle(kept)).toEqual(GRAY);
    expect(corner(kept)).toEqual(corner(await photo()));
  });

  it.each([
    ["transparent", 0],
    ["%2300ff0080", 128],
    ["lime", 255],
  ])("is the colour %s, with its own alpha", async (colour, alpha) => {
    const laid = await shown(`backdrop=${colour},format=png`);
    expect(middle(laid)).toEqual(GRAY);
    expect(corner(laid)).toEqual(alpha === 0 ? [0, 0, 0, 0] : [0, 255, 0, alpha]);
  });

  it("is white in JPEG where it is transparent, or the background", async () => {
    const white = corner(await shown("backdrop=transparent,format=jpeg"));
    for (const level of white) expect(level).toBeGreaterThan(250);
    const [red = 0, green = 0] = corner(await shown("backdrop=transparent,background=red,format=jpeg"));
    expect(red).toBeGreaterThan(240);
    expect(green).toBeLessThan(15);
  });

  it("is a colour that goes on in pad's bars, unless there is a background", async () => {
    const bars = `width=${width},height=${width},fit=pad,format=png`;
    expect(corner(await shown(`backdrop=lime,${bars}`))).toEqual([0, 255, 0, 255]);
    expect(corner(await shown(`backdrop=lime,background=red,${bars}`))).toEqual([255, 0, 0, 255]);
  });

  it("is what is drawn, with the photo's as much as strength says, before it goes out of focus", async () => {
    const blurred = await shown("backdrop=blur,strength=0.5,format=png");
    expect(middle(blurred)).toEqual(middle(await shown("strength=0.5,format=png")));
    expect(corner(blurred)).not.toEqual(corner(await shown("strength=0.5,format=png")));
  });
});

describe("the format that is chosen", () => {
  const negotiated = async (options: string, accept?: string) =>
    (await ask(path(options), accept ? { headers: { Accept: accept } } : {})).headers.get("Content-Type");

  it("has room for transparency where the backdrop has any", async () => {
    expect(await negotiated("backdrop=transparent")).toBe("image/png");
    expect(await negotiated("backdrop=transparent,background=white")).toBe("image/jpeg");
    expect(await negotiated("backdrop=white")).toBe("image/jpeg");
    expect(await negotiated("backdrop=blur")).toBe("image/jpeg");
    expect(await negotiated("backdrop=transparent", "image/webp")).toBe("image/webp");
  });

  it("has half as many pixels as WebP with transparency", async () => {
    const large = "width=1448,height=1448,fit=cover,format=webp,backdrop";
    expect((await ask(path(`${large}=transparent`))).status).toBe(400);
    expect((await ask(path(`${large}=lime`))).status).toBe(200);
  });
});

describe("who is in a picture", () => {
  it("is looked for once, whatever is made of it", async () => {
    const count = await segmented(async () => {
      const first = await ask(path("backdrop=keep,width=40"));
      expect(found(first)).toBe("miss");
      expect(first.headers.get("Server-Timing")).toMatch(/segment;dur=/);
      for (const options of ["keep,width=50", "lime", "blur", "transparent,format=png"])
        expect(found(await ask(path(`backdrop=${options}`)))).toBe("master");
      expect(found(await ask(path("backdrop=keep,width=40")))).toBe("hit");
    });
    expect(count).toBe(1);
    expect(await mattes()).toHaveLength(1);
  });

  it("is not looked for with stylize", async () => {
    expect(await segmented(() => ask(path("width=40")))).toBe(0);
    expect(await mattes()).toEqual([]);
  });

  it("is looked for in the photo of a stored master, which is asked for once by all at the same time", async () => {
    await ask(path("width=40"));
    let fetches = 0;
    const original = globalThis.fetch;
    vi.spyOn(globalThis, "fetch").mockImplementation((input, init) => {
      if (String(input) === source) fetches++;
      return original(input, init);
    });
    const count = await segmented(() =>
      Promise.all(
        Array.from({ length: 30 }, async (_, i) =>
          expect((await ask(path(`backdrop=lime,width=${41 + (i % 3)}`))).status).toBe(200),
        ),
      ),
    );
    expect([count, fetches]).toEqual([1, 1]);
  });

  it("is seen once by all who have it drawn at the same time, too", async () => {
    const count = await segmented(() =>
      Promise.all(Array.from({ length: 30 }, (_, i) => ask(path(`backdrop=blur,width=${41 + (i % 3)}`)))),
    );
    expect(count).toBe(1);
  });

  it("is looked for again after a purge", async () => {
    const admin = { env: { ADMIN_SECRET: "s".repeat(32) } };
    await ask(path("backdrop=keep"), admin);
    const purge = new TextEncoder().encode(JSON.stringify({ sources: [source] }));
    const headers = { Authorization: `Bearer ${"s".repeat(32)}`, "Content-Type": "application/json" };
    const purged = await ask("/v1/purge", { method: "POST", headers, body: purge, ...admin });
    expect(purged.status).toBe(200);
    expect(await segmented(() => ask(path("backdrop=keep"), admin))).toBe(1);
    expect(await mattes()).toHaveLength(2);
  });

  it("is looked for again where what is stored is broken", async () => {
    await ask(path("backdrop=keep,width=40"));
    const [matte] = await mattes();
    await bindings.PICTURES.put(matte?.key ?? "", "no picture");
    expect(await segmented(() => ask(path("backdrop=keep,width=41")))).toBe(1);
    expect(await segmented(() => ask(path("backdrop=keep,width=42")))).toBe(0);
  });

  it("is told in JSON, as a share of the picture", async () => {
    const told = async (options: string) => (await ask(path(`${options},format=json`))).json();
    expect(await told("backdrop=keep")).toMatchObject({ backdrop: "keep", people: expect.closeTo(0.5, 1) });
    expect(await told("backdrop=%2300f8")).toMatchObject({ backdrop: "#0000ff88" });
    expect(await told("width=40")).toMatchObject({ backdrop: "stylize", people: null });
  });

  it("works for an upload as for a URL", async () => {
    const id = await upload(new Uint8Array(await (await fetch(source)).arrayBuffer()));
    await ask(path("width=40", `upload:${id}`));
    const kept = await pixels(await ask(path("backdrop=keep,format=png", `upload:${id}`)));
    expect(corner(kept)).toEqual(corner(await photo()));
  });
});

describe("nobody in the picture", () => {
  beforeEach(() => showPeople(size, "nobody"));

  it("leaves the photo with keep", async () => {
    expect((await shown("backdrop=keep,format=png")).data).toEqual((await photo()).data);
  });

  it("leaves nothing before a colour: a problem", async () => {
    const answer = await ask(path("backdrop=transparent"));
    expect(await answer.json()).toMatchObject({ status: 422, code: "nobody_found" });
  });
});

describe.each([
  ["is away", "status 503", "inference_unavailable"],
  ["is none that the endpoint has", "status 404", "inference_failed"],
] as const)("a segmenter that %s", (_, status, code) => {
  beforeEach(() => showPeople(size, status));

  it.each(["keep", "blur", "lime", "transparent"])("makes no picture with %s", async (backdrop) => {
    expect(await (await ask(path(`backdrop=${backdrop}`))).json()).toMatchObject({ code });
    expect(await mattes()).toEqual([]);
    expect((await bindings.PICTURES.list({ prefix: "variants/" })).objects).toEqual([]);
  });

  it("does not keep others from the drawing, which was made beside, nor itself once it is back", async () => {
    await ask(path("backdrop=keep"));
    expect(found(await ask(path("width=40")))).toBe("master");
    await showPeople(size, "middle");
    expect(found(await ask(path("backdrop=keep")))).toBe("master");
  });
});
