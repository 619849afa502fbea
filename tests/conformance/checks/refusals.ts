import assert from "node:assert/strict";
import { HEADER_LENGTH } from "../../../src/contract/oip.ts";
import { BINARY, type Check, type Demand, type Group, OIP } from "../check.ts";
import type { Answer, Endpoint } from "../endpoint.ts";
import { assertSame, picture } from "../picture.ts";
import { assertExplained, assertRefused, reasonIn } from "../refusal.ts";

const SMALL = picture(40, 33);
const ERROR = `${OIP}, Inference Response JSON Error Object`;
/** A datatype and a shape that say how many bytes there are. */
const SIZES = `${BINARY}: "without stride or padding between elements"`;

type Wrong = { what: string; demand?: Demand; source?: string; ask: (endpoint: Endpoint) => Promise<Answer> };

/** A JSON request whose input is changed. */
const input =
  (changed: (endpoint: Endpoint) => object): Wrong["ask"] =>
  (endpoint) =>
    endpoint.json({ inputs: [{ ...endpoint.jsonTensor(SMALL), ...changed(endpoint) }] });

/** A binary request whose header, lengths and tensor are put together by hand. */
async function binary(
  endpoint: Endpoint,
  {
    declared = SMALL.bytes.length,
    sent = SMALL.bytes.length,
    headerLength = (length: number) => `${length}`,
  } = {},
): Promise<Answer> {
  const { name, datatype, shape } = endpoint.tensor(SMALL);
  const header = { inputs: [{ name, datatype, shape, parameters: { binary_data_size: declared } }] };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const body = new Uint8Array(json.length + sent);
  body.set(json);
  body.set(SMALL.bytes.subarray(0, sent), json.length);
  return endpoint.post(body, {
    "content-type": "application/octet-stream",
    [HEADER_LENGTH]: headerLength(json.length),
  });
}

const text =
  (body: string): Wrong["ask"] =>
  (endpoint) =>
    endpoint.post(body, { "content-type": "application/json" });

const WRONG: readonly Wrong[] = [
  { what: "a shape of too few dimensions", ask: input(() => ({ shape: [33, 40, 3] })) },
  {
    what: "another number of channels",
    ask: input(() => ({ shape: [1, 33, 40, 4], data: Array.from({ length: 33 * 40 * 4 }, () => 7) })),
  },
  { what: "another datatype", ask: input(() => ({ datatype: "FP32" })) },
  { what: "a datatype that does not exist", ask: input(() => ({ datatype: "UINT7" })) },
  { what: "an input of another name", ask: input(() => ({ name: "there-is-no-such-input" })) },
  { what: "no input at all", ask: (endpoint) => endpoint.json({ inputs: [] }) },
  {
    what: "an input too many",
    demand: "told",
    ask: (endpoint) => {
      const tensor = endpoint.jsonTensor(SMALL);
      return endpoint.json({ inputs: [tensor, { ...tensor, name: "there-is-no-such-input" }] });
    },
  },
  {
    what: "an output that the model has not",
    ask: (endpoint) =>
      endpoint.json({ inputs: [endpoint.jsonTensor(SMALL)], outputs: [{ name: "there-is-no-such-output" }] }),
  },
  { what: "fewer values than the shape has", ask: input(() => ({ data: [1, 2, 3] })) },
  {
    what: "more values than the shape has",
    ask: input(() => ({ data: [...SMALL.bytes, 1, 2, 3] })),
  },
  {
    what: "a value beyond its datatype",
    demand: "told",
    ask: input(() => ({ data: [256, ...SMALL.bytes.subarray(1)] })),
  },
  { what: "text for a number", ask: input(() => ({ data: ["x", ...SMALL.bytes.subarray(1)] })) },
  { what: "no data", ask: input(() => ({ data: undefined })) },
  { what: "JSON that breaks off", ask: text('{"inputs": [') },
  { what: "JSON that is no object", ask: text("[]") },
  { what: "inputs that are no list", ask: text('{"inputs": "image"}') },
  { what: "an empty body", ask: text("") },
  {
    what: "a binary size that is not the shape's",
    demand: "worker",
    source: SIZES,
    ask: (endpoint) => binary(endpoint, { declared: 12, sent: 12 }),
  },
  {
    what: "a binary tensor that breaks off",
    demand: "worker",
    source: SIZES,
    ask: (endpoint) => binary(endpoint, { sent: 12 }),
  },
  {
    what: "bytes after the last tensor",
    demand: "told",
    source: `${BINARY}, "Content-Length continues to give the full body length"`,
    ask: (endpoint) => binary(endpoint, { sent: SMALL.bytes.length + 5 }),
  },
  {
    what: "a header longer than the body",
    demand: "worker",
    source: `${BINARY}: "Inference-Header-Content-Length"`,
    ask: (endpoint) => binary(endpoint, { headerLength: (length) => `${length + 1_000_000}` }),
  },
  {
    what: "a header cut short",
    demand: "worker",
    source: `${BINARY}: "Inference-Header-Content-Length"`,
    ask: (endpoint) => binary(endpoint, { headerLength: (length) => `${length - 9}` }),
  },
  {
    what: "a header whose length is no number",
    demand: "told", // some read it as none, and the body as JSON, or as a model's own format
    source: `${BINARY}: "Inference-Header-Content-Length"`,
    ask: (endpoint) => binary(endpoint, { headerLength: () => "many" }),
  },
];

const REFUSED: Check[] = WRONG.map(({ what, demand = "protocol", source = ERROR, ask }) => ({
  name: `refuses ${what}`,
  demand,
  source,
  run: async (endpoint) => assertRefused(await ask(endpoint)),
}));

/** Names all that are answered otherwise than they should be. */
async function assertOfAll(endpoint: Endpoint, isOtherwise: (answer: Answer) => boolean): Promise<void> {
  const others: string[] = [];
  for (const { what, ask } of WRONG) {
    const answer = await ask(endpoint);
    if (isOtherwise(answer)) others.push(`${answer.status} to ${what}`);
  }
  assert.ok(others.length === 0, others.join("; "));
}

export const REFUSALS: Group = {
  title: "Refusals",
  checks: [
    ...REFUSED,
    {
      name: "says of each of them why",
      demand: "told", // the Worker reads the status alone; KServe answers some as FastAPI does, with {"detail"}
      source: `${ERROR}: "The HTTP body must contain the … object"`,
      run: (endpoint) =>
        assertOfAll(endpoint, (answer) => answer.status >= 400 && reasonIn(answer) === undefined),
    },
    {
      name: "says of each of them that it is the client's fault",
      demand: "told",
      source: `${OIP}: "an HTTP error status (typically 400)"`,
      run: (endpoint) => assertOfAll(endpoint, ({ status }) => status >= 500),
    },
    {
      name: "draws a batch larger than its model's, or refuses it",
      demand: "protocol",
      source: ERROR,
      run: async (endpoint) => {
        const bytes = new Uint8Array(65 * 32 * 32 * 3);
        const answer = await endpoint.binary({ name: "65", count: 65, width: 32, height: 32, bytes });
        if (answer.status !== 200) assertExplained(answer);
      },
    },
    {
      name: "goes on drawing after all of that",
      demand: "worker",
      source: "src/edge/inference/attempt.ts",
      run: async (endpoint) => {
        const after = await endpoint.draw(SMALL);
        assert.equal(after.status, 200);
        assertSame(
          await endpoint.drawn(SMALL),
          await endpoint.drawn({ ...SMALL, name: "after refusals" }),
          "the drawing",
        );
      },
    },
  ],
};
