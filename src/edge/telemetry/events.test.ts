import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { INFERENCE_HOST } from "../../../tests/support/hosts.ts";
import { ask, bindings } from "../../../tests/support/workerd/ask.ts";
import { post } from "../../../tests/support/workerd/stylizations.ts";
import { BLOBS, type Dataset, DOUBLES, eventsFor } from "./events.ts";

beforeEach(reset);

type Point = Parameters<Dataset["writeDataPoint"]>[0];

/** A data set that tells what was written, each column by its name. */
function dataset() {
  const points: Point[] = [];
  const told = () =>
    points.map(({ blobs, doubles }) => ({
      ...Object.fromEntries(BLOBS.map((name, at) => [name, blobs[at]])),
      ...Object.fromEntries(DOUBLES.map((name, at) => [name, doubles[at]])),
    }));
  return { EVENTS: { writeDataPoint: (point: Point) => void points.push(point) }, points, told };
}

const painter = (name: string) => ({ INFERENCE_URL: `http://${INFERENCE_HOST}/painter/${name}` });
const SOURCE = "https://photos.example.com";

describe("what is counted", () => {
  it("is each request, and each attempt that it took", async () => {
    const { EVENTS, told, points } = dataset();
    const env = { ...painter("counted"), EVENTS };
    const path = `/image/style=toon,faces=none,width=40/${SOURCE}/png?seed=7101`;
    const answer = await ask(path, { env });
    await ask(path, { env });
    const [attempt, request, hit] = told();
    expect(attempt).toMatchObject({
      ...{
        kind: "attempt",
        model: "ttn_toon_int8",
        reason: "first",
        outcome: "answered",
        route: "",
        status: "",
      },
      ...{ priority: "interactive", queue: 2.5, compute: 40, bytes: 0, duration: expect.any(Number) },
    });
    expect(request).toMatchObject({
      ...{ kind: "request", route: "/image/*", method: "GET", status: "200", code: "", style: "toon" },
      ...{ cached: "miss", priority: "interactive", model: "", queue: 2.5, compute: 40, attempts: 1 },
      bytes: answer.bytes.byteLength,
    });
    expect(hit).toMatchObject({ kind: "request", cached: "hit", attempts: 0, queue: 0, compute: 0 });
    expect(points.map(({ indexes }) => indexes)).toEqual([[attempt?.endpoint], ["/image/*"], ["/image/*"]]);
  });

  it("is which problem there was, and methods that no route takes as one", async () => {
    const { EVENTS, told } = dataset();
    await ask(`/image/style=manga/${SOURCE}/png`, { env: { EVENTS } });
    await ask("/nowhere", { env: { EVENTS }, method: "PROPFIND" });
    expect(told()).toMatchObject([
      { route: "/image/*", status: "400", code: "unknown_style", style: "", method: "GET" },
      { route: "/*", status: "404", code: "not_found", method: "_OTHER" },
    ]);
  });

  it("is each drawing of a stylization, apart from the request for it", async () => {
    const { EVENTS, told } = dataset();
    const request = { source: `${SOURCE}/png?seed=7102`, outputs: [{ style: "toon", width: 48 }] };
    await post(request, {}, { ...painter("stylization"), EVENTS });
    const kinds = told();
    expect(kinds.find(({ kind }) => kind === "drawing")).toMatchObject({
      ...{ style: "toon", code: "", priority: "interactive", queue: expect.any(Number), status: "" },
      compute: expect.any(Number),
    });
    const attempts = kinds.filter(({ kind }) => kind === "attempt");
    expect(new Set(attempts.map(({ priority }) => priority))).toEqual(new Set(["interactive"]));
    expect(kinds.filter(({ kind }) => kind === "request")).toMatchObject([
      { route: "/v1/stylizations", method: "POST", status: "200" },
    ]);
  });

  it("tells nothing of whose photo it was, nor who asked", async () => {
    const { EVENTS, points } = dataset();
    const headers = { "Cf-Connecting-Ip": "203.0.113.7", "Cf-Ipcountry": "LI", "User-Agent": "somebody's" };
    const env = { ...painter("private"), EVENTS };
    await ask(`/image/style=toon,width=40/${SOURCE}/png?seed=7103&X-Amz-Signature=5ec2e7`, { headers, env });
    const told = JSON.stringify(points);
    for (const word of ["photos.example.com", "5ec2e7", "203.0.113.7", '"LI"', "somebody"])
      expect(told).not.toContain(word);
  });

  it("is nothing where nobody counts, and costs no request where counting fails", async () => {
    expect(eventsFor(undefined)).toBeUndefined();
    const said = vi.spyOn(console, "warn").mockImplementation(() => {});
    const broken = {
      writeDataPoint: () => {
        throw new TypeError("too many blobs");
      },
    };
    expect((await ask("/v1/styles", { env: { EVENTS: broken } })).status).toBe(200);
    expect(said.mock.calls.join()).toContain('"event":"not_counted"');
    said.mockRestore();
  });

  it("leaves room for the request's own point, however often endpoints are asked for it", () => {
    const { EVENTS, points } = dataset();
    const events = eventsFor(EVENTS);
    const texts = { endpoint: "gpu", model: "m", reason: "retry", outcome: "busy", priority: "batch" };
    for (let time = 0; time < 40; time++) events?.attempt({ ...texts, duration: 1, queue: 0, compute: 0 });
    expect(points.length).toBeLessThan(25);
  });

  it("has as many columns as a data point may have, and is taken by the binding of wrangler.toml", async () => {
    expect(BLOBS.length).toBeLessThanOrEqual(20);
    expect(DOUBLES.length).toBeLessThanOrEqual(20);
    expect(bindings.EVENTS).toBeDefined();
    const said = vi.spyOn(console, "warn");
    await ask("/v1/styles");
    expect(said).not.toHaveBeenCalled();
    said.mockRestore();
  });
});
