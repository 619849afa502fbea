import assert from "node:assert/strict";
import { detect } from "../../../src/edge/inference/detect.ts";
import { draw, whyNotDrawn } from "../../../src/edge/inference/draw.ts";
import type { Inference } from "../../../src/edge/inference/endpoint.ts";
import { segment } from "../../../src/edge/inference/segment.ts";
import { chainOfOne } from "../../support/chain.ts";
import { Absent, type Group } from "../check.ts";
import type { Endpoint } from "../endpoint.ts";
import { assertSame, picture } from "../picture.ts";

const SMALL = picture(40, 33);

/** The endpoint as the Worker's configuration would have it, asked by the Worker's own code. */
function chainOf({ url, headers }: Endpoint, modelSuffix = ""): Inference {
  return chainOfOne({ url, headers, modelSuffix, timeout: 60_000, fetch }, { timeout: 60_000 });
}

async function served(endpoint: Endpoint, model: string): Promise<Inference> {
  const { status } = await endpoint.get(`/v2/models/${model}/ready`);
  if (status !== 200) throw new Absent(`${model} is not served`);
  return chainOf(endpoint);
}

function styleOf({ model }: Endpoint): { style: string; suffix: string } {
  const { style, suffix = "" } =
    /^ttn_(?<style>[a-z0-9-]+)(?<suffix>_[a-z0-9]+)?$/.exec(model.name)?.groups ?? {};
  if (style === undefined) throw new Absent(`${model.name} is no ttn_{style}`);
  return { style, suffix };
}

export const WORKER: Group = {
  title: "The Worker's own client",
  checks: [
    {
      name: "draws a picture, and several in one call",
      demand: "worker",
      source: "src/edge/inference/draw.ts",
      run: async (endpoint) => {
        const { style, suffix } = styleOf(endpoint);
        const inference = chainOf(endpoint, suffix);
        assert.equal(
          await whyNotDrawn(style, inference.endpoints[0]),
          undefined,
          "it does not say that it can",
        );
        const expected = await endpoint.drawn(SMALL);
        assertSame(await draw(SMALL.bytes, SMALL, style, inference), expected, "one");
        const twice = new Uint8Array([...SMALL.bytes, ...SMALL.bytes]);
        const both = await draw(twice, { ...SMALL, count: 2 }, style, inference);
        assertSame(both, new Uint8Array([...expected, ...expected]), "two");
      },
    },
    {
      name: "is told of a style that there is not as of one that fails",
      demand: "worker",
      source: "src/edge/inference/attempt.ts",
      run: async (endpoint) => {
        const inference = chainOf(endpoint);
        await assert.rejects(draw(SMALL.bytes, SMALL, "no-such-style", inference), {
          code: "inference_failed",
        });
        assert.notEqual(await whyNotDrawn("no-such-style", inference.endpoints[0]), undefined);
      },
    },
    {
      name: "finds no faces in a pattern",
      demand: "worker",
      source: "src/edge/inference/detect.ts",
      run: async (endpoint) => {
        const inference = await served(endpoint, "face_detector");
        const flat = { ...SMALL, bytes: new Uint8Array(SMALL.bytes.length).fill(90) };
        assert.deepEqual(await detect(flat.bytes, flat, inference), []);
      },
    },
    {
      name: "is given a matte of a picture's size",
      demand: "worker",
      source: "src/edge/inference/segment.ts",
      run: async (endpoint) => {
        const inference = await served(endpoint, "person_segmenter");
        const matte = await segment(SMALL.bytes, SMALL, inference);
        assert.equal(matte.byteLength, SMALL.width * SMALL.height);
      },
    },
  ],
};
