import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRepository } from "./repository.ts";

const MODELS = new URL("../fixtures/models", import.meta.url).pathname;
const NAMELESS = `backend: "onnxruntime"
  input { name: "steps" data_type: TYPE_INT64 dims: 1 }
  output { name: "total" data_type: TYPE_INT64 dims: 1 }`;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stylegate-models-"));
  await cp(MODELS, folder, { recursive: true });
  await writeFile(join(folder, "styles.json"), "{}");
});
afterAll(() => rm(folder, { recursive: true }));

describe("a model repository", () => {
  it("holds every folder with a config.pbtxt, and nothing else", async () => {
    const found = await readRepository(folder, null);
    expect(found.map(({ name }) => name)).toEqual(["count", "invert", "pair"]);
  });

  it("orders versions by number, the highest first", async () => {
    const [invert] = await readRepository(folder, ["invert"]);
    expect(invert).toMatchObject({
      model: {
        versions: [
          { version: 10, path: join(folder, "invert", "10", "model.onnx") },
          { version: 1, path: join(folder, "invert", "1", "model.onnx") },
        ],
      },
    });
  });

  it("serves the highest version alone where the model has no policy", async () => {
    await cp(join(folder, "pair", "1"), join(folder, "pair", "2"), { recursive: true });
    const [pair] = await readRepository(folder, ["pair"]);
    expect(pair).toMatchObject({ model: { versions: [{ version: 2 }] } });
  });

  it("says what is wrong with a model and goes on with the others", async () => {
    await cp(join(folder, "count"), join(folder, "broken"), { recursive: true });
    await cp(join(folder, "count"), join(folder, "empty"), { recursive: true });
    await writeFile(join(folder, "broken", "config.pbtxt"), 'name: "broken" ensemble_scheduling {}');
    await writeFile(join(folder, "empty", "config.pbtxt"), NAMELESS);
    await rm(join(folder, "empty", "1"), { recursive: true });
    const found = await readRepository(folder, ["broken", "empty", "invert"]);
    expect(found).toEqual([
      { name: "broken", problem: 'config.pbtxt: field "ensemble_scheduling" is not supported' },
      { name: "empty", problem: "there is no VERSION/model.onnx to serve" },
      { name: "invert", model: expect.anything() },
    ]);
  });

  it("cannot be served where it is not there, or a wanted model is not", async () => {
    await expect(readRepository(join(folder, "nowhere"), null)).rejects.toThrowError(
      /MODELS_DIR\) cannot be read/,
    );
    await expect(readRepository(folder, ["invert", "absent"])).rejects.toThrowError(
      /model "absent" \(MODELS\) is not/,
    );
    await expect(readRepository(join(folder, "invert"), null)).rejects.toThrowError(/holds no model/);
  });
});
