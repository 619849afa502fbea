import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PROBLEMS, type ProblemCode } from "../../src/contract/problem.ts";
import { joined } from "../../src/edge/source/probe/bytes.ts";
import { type PictureName, readPicture } from "../fixtures/pictures/files.ts";
import { type HostileFile, hostileFiles, type Verdict } from "./files/index.ts";
import { type Answer, type Service, startService } from "./service.ts";

/**
 * Bombs and broken files, made here, against the Worker as it is deployed: each is uploaded and fetched from an origin, and after each that a
 * decoder saw, a sound picture of the same format is drawn. HOSTILE=all takes all instead of every fifth, and HOSTILE_ROUNDS (1) says how many
 * random mutations there are of each kind.
 */

const ROUNDS = process.env.HOSTILE_ROUNDS ?? "1";
const EVERY = process.env.HOSTILE === "all" ? "1" : "5";
const ALL = hostileFiles(Number(ROUNDS));
const FILES = ALL.filter((_, number) => number % Number(EVERY) === 0);

let service: Service<"open">;

beforeAll(async () => {
  service = await startService({ open: { ALLOWED_SOURCES: "photos.example.com" } });
});

afterAll(() => service?.stop());

it("there are 300 and more, each with a name of its own", () => {
  expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
  expect(ALL.length).toBeGreaterThanOrEqual(300);
});

describe("is refused as what it is, or drawn:", () => {
  it.each(FILES.map((file, number) => ({ ...file, number })))("$name", async (file) => {
    const bytes = file.make();
    const uploaded = await service.ask("open", "/v1/uploads", { method: "POST", body: bytes });
    const early = uploaded.status === 201 ? undefined : verdictOf(uploaded);
    if (early !== undefined) expect(file.verdicts).toContain(early);
    const source = service.offer(`${file.number}`, bytes, { "Content-Type": "image/png" });
    const answer = await service.ask("open", `/image/style=handdrawn,format=png/${source}`);
    const verdict = verdictOf(answer);
    expect(file.verdicts).toContain(verdict);
    if (early !== undefined) expect(verdict).toBe(early); // both ways in say the same
    expect(harmless(answer, file)).toBe(true);
    const isSeen = uploaded.status === 201; // else its header was enough
    expect(isSeen ? await draws(file) : (await service.ask("open", "/healthz")).status).toBe(200);
  });
});

/** Whatever it is, it is a picture of ours or a problem that blames the file. */
function verdictOf({ status, headers, bytes }: Answer): Verdict {
  if (status === 200) {
    expect(headers.get("Content-Type")).toBe("image/png");
    expect(bytes.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
    return "picture";
  }
  const { code } = JSON.parse(bytes.toString()) as { code: ProblemCode };
  expect(status).toBe(PROBLEMS[code].status);
  expect([413, 415, 422]).toContain(status);
  return code;
}

function harmless({ headers, bytes }: Answer, { payload }: HostileFile): boolean {
  return (
    headers.get("X-Content-Type-Options") === "nosniff" &&
    headers.get("Content-Security-Policy") === "default-src 'none'; sandbox" &&
    (payload === undefined || !bytes.includes(payload, 0, "latin1"))
  );
}

const SOUND: Record<string, PictureName> = {
  jpg: "progressive-420.jpg",
  png: "rgba.png",
  gif: "still.gif",
  webp: "lossy-alpha.webp",
  avif: "420.avif",
  heic: "420.heic",
};

const NAMES: [RegExp, keyof typeof SOUND][] = [
  [/^JPEG|\.jpg/, "jpg"],
  [/^GIF|\.gif/, "gif"],
  [/^WebP|\.webp/, "webp"],
  [/AVIF|AV1|\.avif/, "avif"],
  [/^HEIF|HEIC|\.heic/, "heic"],
];

let drawn = 0;

/** A sound picture that nobody has had drawn yet, by the decoder that had the hostile one. */
async function draws({ name }: HostileFile): Promise<number> {
  const format = NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? "png";
  const picture = readPicture(SOUND[format] as PictureName);
  const marked = joined([picture, Buffer.from(`number ${++drawn}`)]); // what follows a picture's end is not looked at
  const source = service.offer(`alive-${drawn}`, marked);
  return (await service.ask("open", `/image/style=handdrawn,width=16/${source}`)).status;
}

describe("decoding them", () => {
  it("never takes more than an isolate has", async () => {
    const script = fileURLToPath(new URL("./memory.ts", import.meta.url));
    const args = ["--no-warnings", "--expose-gc", script, ROUNDS, EVERY];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 24 });
    const records = JSON.parse(stdout) as { name: string; megabytes: number }[];
    console.log(records.map(({ name, megabytes }) => `${megabytes} MB  ${name}`).join("\n"));
    expect(records.length).toBeGreaterThan(0);
    expect(records.at(-1)?.megabytes).toBeLessThan(128);
  });
});
