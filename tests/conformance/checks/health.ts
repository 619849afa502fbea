import assert from "node:assert/strict";
import { isDatatype, type ModelMetadata } from "../../../src/contract/oip.ts";
import { Absent, BINARY, type Check, type Group, OIP } from "../check.ts";
import { type Endpoint, jsonOf } from "../endpoint.ts";
import { assertExplained } from "../refusal.ts";

const UNKNOWN = "/v2/models/there-is-no-such-model";

async function versionsOf({ model }: Endpoint): Promise<string[]> {
  const { versions } = model as Partial<ModelMetadata>;
  if (!versions?.length) throw new Absent("it names no versions");
  return versions;
}

async function assertOk(endpoint: Endpoint, path: string): Promise<void> {
  const { status } = await endpoint.get(path);
  assert.equal(status, 200, `GET ${path}: status ${status}`);
}

function assertModel(found: unknown, { model }: Endpoint): void {
  const { name, inputs, outputs } = found as ModelMetadata;
  assert.equal(name, model.name);
  for (const { name: tensor, datatype, shape } of [...inputs, ...outputs]) {
    assert.equal(typeof tensor, "string");
    assert.ok(isDatatype(datatype), `${tensor} has the datatype ${datatype}`);
    assert.ok(shape.every(Number.isInteger), `${tensor} has the shape ${JSON.stringify(shape)}`);
  }
}

const health = (what: "live" | "ready"): Check[] => [
  {
    name: `says with its status that it is ${what}`,
    demand: "protocol",
    source: `${OIP}, Health: Server ${what === "live" ? "Live" : "Ready"}`,
    run: (endpoint) => assertOk(endpoint, `/v2/health/${what}`),
  },
  {
    name: `and in the body of /v2/health/${what}`,
    demand: "told", // Triton's own document of the protocol has no body there
    source: `${OIP}, Server ${what === "live" ? "Live" : "Ready"} Response JSON Object`,
    run: async (endpoint) => {
      const found = jsonOf(await endpoint.get(`/v2/health/${what}`)) as Record<string, unknown>;
      // The protocol's text has `live` in both; KServe's document of it has `ready`.
      assert.ok(found.live === true || found[what] === true, `got ${JSON.stringify(found)}`);
    },
  },
];

export const HEALTH: Group = {
  title: "Health and metadata",
  checks: [
    ...health("live"),
    ...health("ready"),
    {
      name: "describes the server",
      demand: "protocol",
      source: `${OIP}, Server Metadata`,
      run: async (endpoint) => {
        const { name, version, extensions } = jsonOf(await endpoint.get("/v2")) as Record<string, unknown>;
        assert.deepEqual(
          [typeof name, typeof version, Array.isArray(extensions)],
          ["string", "string", true],
        );
      },
    },
    {
      name: "claims binary tensors",
      demand: "told",
      source: `${BINARY}: "Triton reports binary_tensor_data in the extensions field"`,
      run: async ({ extensions }) => {
        assert.ok(extensions.includes("binary_tensor_data"), `extensions are [${extensions}]`);
      },
    },
    {
      name: "describes the model",
      demand: "protocol",
      source: `${OIP}, Model Metadata`,
      run: async (endpoint) => {
        assertModel(jsonOf(await endpoint.get(`/v2/models/${endpoint.model.name}`)), endpoint);
      },
    },
    {
      name: "describes each version of it that it names",
      demand: "protocol",
      source: `${OIP}, Model Metadata: "model versions that may be explicitly requested"`,
      run: async (endpoint) => {
        for (const version of await versionsOf(endpoint)) {
          const path = `/v2/models/${endpoint.model.name}/versions/${version}`;
          assertModel(jsonOf(await endpoint.get(path)), endpoint);
        }
      },
    },
    {
      name: "says with its status that the model is ready",
      demand: "worker",
      source: `src/edge/inference/ready.ts; ${OIP}, Model Ready`,
      run: (endpoint) => assertOk(endpoint, `/v2/models/${endpoint.model.name}/ready`),
    },
    {
      name: "and that each version of it is that it names",
      demand: "protocol",
      source: `${OIP}, Model Ready`,
      run: async (endpoint) => {
        for (const version of await versionsOf(endpoint)) {
          await assertOk(endpoint, `/v2/models/${endpoint.model.name}/versions/${version}/ready`);
        }
      },
    },
    {
      name: "and in the body",
      demand: "told",
      source: `${OIP}, Model Ready Response JSON Object`,
      run: async (endpoint) => {
        const { name } = endpoint.model;
        assert.deepEqual(jsonOf(await endpoint.get(`/v2/models/${name}/ready`)), { name, ready: true });
      },
    },
    {
      name: "does not say that an unknown model is ready",
      demand: "worker",
      source: "src/edge/inference/ready.ts",
      run: async (endpoint) => {
        const { status } = await endpoint.get(`${UNKNOWN}/ready`);
        assert.ok(status >= 400, `status ${status}`);
      },
    },
    {
      name: "knows no unknown model",
      demand: "protocol",
      source: `${OIP}, Model Metadata Response JSON Error Object`,
      run: async (endpoint) => assertExplained(await endpoint.get(UNKNOWN)),
    },
    {
      name: "has an unknown model infer nothing",
      demand: "protocol",
      source: `${OIP}, Inference Response JSON Error Object`,
      run: async (endpoint) => {
        const body = JSON.stringify({ inputs: [{ name: "x", datatype: "UINT8", shape: [1], data: [1] }] });
        const headers = { "content-type": "application/json" };
        assertExplained(await endpoint.get(`${UNKNOWN}/infer`, { method: "POST", body, headers }));
      },
    },
  ],
};
