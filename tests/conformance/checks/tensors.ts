import assert from "node:assert/strict";
import { HEADER_LENGTH } from "../../../src/contract/oip.ts";
import { MAX_BATCH } from "../../../src/edge/inference/draw.ts";
import { BINARY, type Check, type Demand, type Group, OIP } from "../check.ts";
import { type Answer, decoded, type Endpoint, jsonOf, outputOf } from "../endpoint.ts";
import { assertSame, batch, drawnApart, type Picture, picture } from "../picture.ts";

const SMALL = picture(40, 33);
/** Sides that are equal, odd, wide and high; 32 is the least that our networks take. */
const SHAPES = [picture(32, 32), SMALL, picture(96, 35), picture(37, 80)];
const EXTENSION: Demand = { extension: "binary_tensor_data" };

/** That it answers 200 with the drawing that a picture has otherwise too. */
async function assertDrawn(endpoint: Endpoint, answer: Answer, of: Picture = SMALL): Promise<void> {
  const { datatype, shape, bytes } = outputOf(decoded(answer), endpoint.output);
  assert.equal(datatype, "UINT8");
  assert.deepEqual(shape, [of.count, of.height, of.width, 3]);
  if (of.count === 1) assertSame(bytes, await endpoint.drawn(of), endpoint.output);
}

const isBinary = ({ headers }: Answer): boolean => headers.has(HEADER_LENGTH);

function nested({ width, height, bytes }: Picture): number[][][][] {
  const pixel = (i: number) => [...bytes.subarray(3 * i, 3 * i + 3)];
  return [
    Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => pixel(y * width + x))),
  ];
}

/** What asks for which output how, and whether the answer is to be binary. */
const TRAVELS: Check[] = [
  {
    name: "takes binary data and answers JSON where nothing else is asked for",
    demand: EXTENSION,
    source: `${BINARY}: "false (or not given) if the outputs should be returned as JSON"`,
    run: async (endpoint) => {
      const answer = await endpoint.binary(SMALL);
      assert.ok(!isBinary(answer), "the answer is binary");
      await assertDrawn(endpoint, answer);
    },
  },
  {
    name: "takes JSON and answers binary data",
    demand: EXTENSION,
    source: `${BINARY}: "binary_data"`,
    run: async (endpoint) => {
      const outputs = [{ name: endpoint.output, parameters: { binary_data: true } }];
      const answer = await endpoint.json({ inputs: [endpoint.jsonTensor(SMALL)], outputs });
      assert.ok(isBinary(answer), "the answer is JSON");
      await assertDrawn(endpoint, answer);
    },
  },
  {
    name: "answers all outputs as binary data where the request says so",
    demand: EXTENSION,
    source: `${BINARY}: "binary_data_output"`,
    run: async (endpoint) => {
      const answer = await endpoint.binary(SMALL, { parameters: { binary_data_output: true } });
      assert.ok(isBinary(answer), "the answer is JSON");
      await assertDrawn(endpoint, answer);
    },
  },
  {
    name: "lets an output override that",
    demand: EXTENSION,
    source: `${BINARY}: "If binary_data is specified on an output it overrides this setting"`,
    run: async (endpoint) => {
      const outputs = [{ name: endpoint.output, binary: false }];
      const answer = await endpoint.binary(SMALL, { parameters: { binary_data_output: true }, outputs });
      assert.ok(!isBinary(answer), "the answer is binary");
      await assertDrawn(endpoint, answer);
    },
  },
];

export const TENSORS: Group = {
  title: "Tensors",
  checks: [
    {
      name: "draws a picture sent as binary data",
      demand: "worker",
      source: `src/edge/inference/question.ts; ${BINARY}: "binary_data_size"`,
      run: async (endpoint) => {
        await assertDrawn(endpoint, await endpoint.draw(SMALL));
      },
    },
    {
      name: "answers binary data as binary data, with the length of its header and of the whole",
      demand: EXTENSION,
      source: `${BINARY}: "Inference-Header-Content-Length must be provided", "Content-Length continues to give the full body length"`,
      run: async (endpoint) => {
        const { headers, bytes } = await endpoint.draw(SMALL);
        assert.equal(Number(headers.get(HEADER_LENGTH)), bytes.length - SMALL.bytes.length);
        assert.equal(Number(headers.get("content-length") ?? bytes.length), bytes.length);
      },
    },
    {
      name: "compresses no answer that is wanted as it is",
      demand: "worker",
      source: "src/contract/oip/request.ts, Accept-Encoding: identity",
      run: async (endpoint) => {
        const { headers } = await endpoint.draw(SMALL);
        assert.equal(headers.get("content-encoding") ?? "identity", "identity");
      },
    },
    {
      name: "calls it application/octet-stream",
      demand: "told",
      source: `${BINARY}, Examples`,
      run: async (endpoint) => {
        const { headers } = await endpoint.draw(SMALL);
        assert.equal(headers.get("content-type"), "application/octet-stream");
      },
    },
    {
      name: "takes and gives JSON, with the same result",
      demand: "protocol",
      source: `${OIP}, Inference Request and Response JSON Object`,
      run: async (endpoint) => {
        const answer = await endpoint.json({ inputs: [endpoint.jsonTensor(SMALL)] });
        assert.equal((jsonOf(answer) as { model_name?: unknown }).model_name, endpoint.model.name);
        await assertDrawn(endpoint, answer);
      },
    },
    {
      name: "takes JSON data nested as its shape is",
      demand: "protocol",
      source: `${OIP}, Tensor Data: "in a row-major order of the tensor elements", nested or flat`,
      run: async (endpoint) => {
        const input = { ...endpoint.jsonTensor(SMALL), data: nested(SMALL) };
        await assertDrawn(endpoint, await endpoint.json({ inputs: [input] }));
      },
    },
    {
      name: "calls JSON application/json",
      demand: "told",
      source: `${OIP}, Inference Request Examples`,
      run: async (endpoint) => {
        const { headers } = await endpoint.json({ inputs: [endpoint.jsonTensor(SMALL)] });
        assert.match(headers.get("content-type") ?? "none", /^application\/json\b/);
      },
    },
    ...TRAVELS,
    {
      name: "returns the request's id",
      demand: "protocol",
      source: `${OIP}, Inference Request: "if specified this identifier must be returned in the response"`,
      run: async (endpoint) => {
        const answers = [
          await endpoint.draw(SMALL, { id: "a-7" }),
          await endpoint.json({ id: "a-7", inputs: [endpoint.jsonTensor(SMALL)] }),
        ];
        assert.deepEqual(
          answers.map((answer) => decoded(answer).id),
          ["a-7", "a-7"],
        );
      },
    },
    {
      name: "returns all outputs where none is named, and else those that are",
      demand: "protocol",
      source: `${OIP}, Inference Request: "if not specified all outputs produced by the model will be returned"`,
      run: async (endpoint) => {
        const names = async (outputs?: { name: string }[]) =>
          decoded(await endpoint.binary(SMALL, { outputs }))
            .outputs.map(({ name }) => name)
            .sort();
        assert.deepEqual(await names(), endpoint.model.outputs.map(({ name }) => name).sort());
        assert.deepEqual(await names([{ name: endpoint.output }]), [endpoint.output]);
      },
    },
    {
      name: "draws pictures of any shape, each as large as it came",
      demand: "worker",
      source: "src/edge/inference/draw.ts",
      run: async (endpoint) => {
        for (const each of SHAPES) {
          await assertDrawn(endpoint, await endpoint.draw(each), each);
        }
      },
    },
    {
      name: "draws a batch as the pictures that it is made of",
      demand: "worker",
      source: "src/edge/inference/draw.ts, tiles and heads of one size in one call",
      run: async (endpoint) => {
        const singles = [picture(40, 33), picture(40, 33, 2), picture(40, 33, 3)] as const;
        const drawings = await drawnApart(endpoint, singles);
        const bytes = endpoint.drawingOf(await endpoint.draw(batch(singles)));
        const length = SMALL.bytes.byteLength;
        for (const [i, drawing] of drawings.entries()) {
          assertSame(bytes.subarray(i * length, (i + 1) * length), drawing, `picture ${i + 1} of the batch`);
        }
      },
    },
    {
      name: `takes ${MAX_BATCH} pictures in one batch`,
      demand: "worker",
      source: "src/edge/inference/draw.ts, MAX_BATCH",
      run: async (endpoint) => {
        const all = batch(Array.from({ length: MAX_BATCH }, () => picture(32, 32)) as [Picture]);
        await assertDrawn(endpoint, await endpoint.binary(all), all);
      },
    },
  ],
};
