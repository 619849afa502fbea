import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBinary, encodeBinary, headerLength } from "./oip/binary.ts";
import { BINARY_TYPE } from "./oip/protocol.ts";
import {
  type Datatype,
  decodeInferRequest,
  decodeInferResponse,
  ELEMENT_BYTES,
  elementCount,
  encodeInferRequest,
  encodeInferResponse,
  errorMessage,
  HEADER_LENGTH,
  JSON_TYPE,
  OipError,
  type Tensor,
} from "./oip.ts";

const pixels = { name: "image", datatype: "UINT8", shape: [1, 2, 1, 3] } as const;
const text = (header: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(header));

/** Any tensors of any numeric datatype, with names of their own. */
const anyTensors: fc.Arbitrary<Tensor[]> = fc.uniqueArray(
  fc
    .record({
      name: fc.string(),
      datatype: fc.constantFrom(...(Object.keys(ELEMENT_BYTES) as Datatype[]).filter((d) => d !== "BYTES")),
      shape: fc.array(fc.nat(4), { maxLength: 4 }),
    })
    .chain(({ name, datatype, shape }) => {
      const length = elementCount(shape) * (ELEMENT_BYTES[datatype] ?? 0);
      return fc
        .uint8Array({ minLength: length, maxLength: length })
        .map((bytes): Tensor => ({ name, datatype, shape, bytes }));
    }),
  { selector: ({ name }) => name, maxLength: 4 },
);

describe("the binary tensor extension", () => {
  // extension_binary_data.md, Examples: JSON first, then "the binary tensor data in the same order".
  it("puts the tensors behind the JSON header, in its order", () => {
    const header = {
      inputs: [
        { name: "a", parameters: { binary_data_size: 2 } },
        { name: "b", data: [1] },
        { name: "c", parameters: { binary_data_size: 1 } },
      ],
    };
    const { body, headerLength: length } = encodeBinary(header, [Uint8Array.of(1, 2), Uint8Array.of(3)]);
    expect([...body.subarray(length)]).toEqual([1, 2, 3]);
    expect(JSON.parse(new TextDecoder().decode(body.subarray(0, length)))).toEqual(header);
  });

  it("refuses to write a header that does not fit its tensors", () => {
    const header = { outputs: [{ name: "a", parameters: { binary_data_size: 2 } }] };
    expect(() => encodeBinary(header, [new Uint8Array(3)])).toThrow(RangeError);
    expect(() => encodeBinary(header, [])).toThrow(RangeError);
  });

  it("gives back what it was given, whatever the tensors", () => {
    fc.assert(
      fc.property(anyTensors, (tensors) => {
        const inputs = tensors.map(({ name, bytes }) => ({
          name,
          parameters: { binary_data_size: bytes.length },
        }));
        const { body, headerLength: length } = encodeBinary(
          { inputs },
          tensors.map(({ bytes }) => bytes),
        );
        const decoded = decodeBinary(body, length);
        expect(decoded.header).toEqual({ inputs });
        expect(decoded.tensors).toEqual(new Map(tensors.map(({ name, bytes }) => [name, bytes])));
      }),
    );
  });

  it("carries requests and responses unchanged, whatever the tensors", () => {
    fc.assert(
      fc.property(anyTensors, fc.string(), (tensors, id) => {
        const sent = encodeInferRequest({ id, inputs: tensors });
        const request = decodeInferRequest(sent.body, sent.headers[HEADER_LENGTH]);
        expect(request.inputs).toEqual(tensors);
        expect(request.id).toBe(id);
        const outputs = tensors.map((tensor) => ({ ...tensor, binary: true }));
        const answered = encodeInferResponse({ model_name: "m", model_version: "3", id, outputs });
        const response = decodeInferResponse(answered.body, answered.headers[HEADER_LENGTH]);
        expect(response).toEqual({ model_name: "m", model_version: "3", id, outputs: tensors });
      }),
    );
  });

  it("fails on arbitrary bytes with an OipError 400 or 501 and nothing else", () => {
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((json) => new TextEncoder().encode(json)),
      fc
        .record({
          inputs: fc.array(fc.object({ key: fc.constantFrom("name", "shape", "data", "parameters") })),
        })
        .map(text),
    );
    fc.assert(
      fc.property(garbage, fc.option(fc.string()), (body, length) => {
        try {
          decodeInferRequest(body, length);
        } catch (error) {
          expect(error).toBeInstanceOf(OipError);
          expect([400, 501]).toContain((error as OipError).status);
        }
      }),
      { numRuns: 500 },
    );
  });
});

it("reads an answer that has null where others have nothing, as KServe's has", () => {
  const output = { name: "y", datatype: "UINT8", shape: [1], parameters: null, data: [7] };
  const answer = { model_name: "x", model_version: null, id: "7", parameters: null, outputs: [output] };
  const { model_version, outputs } = decodeInferResponse(
    new TextEncoder().encode(JSON.stringify(answer)),
    null,
  );
  expect([model_version, outputs[0]?.bytes]).toEqual([undefined, Uint8Array.of(7)]);
});

describe("JSON tensors", () => {
  const inputOf = (input: object): Tensor | undefined =>
    decodeInferRequest(text({ inputs: [input] }), null).inputs[0];

  it.each([
    ["UINT8", [1], [255], [255]],
    ["INT8", [1], [-1], [255]],
    ["BOOL", [2], [true, false], [1, 0]],
    ["UINT16", [1], [258], [2, 1]],
    ["INT16", [1], [-2], [254, 255]],
    ["UINT32", [1], [0x01020304], [4, 3, 2, 1]],
    ["INT32", [1], [-1], [255, 255, 255, 255]],
    ["INT64", [1], [-1], [255, 255, 255, 255, 255, 255, 255, 255]],
    ["UINT64", [1], [256], [0, 1, 0, 0, 0, 0, 0, 0]],
    ["FP32", [1], [1], [0, 0, 128, 63]],
    ["FP64", [1], [1], [0, 0, 0, 0, 0, 0, 240, 63]],
    ["UINT8", [], [7], [7]],
    ["UINT8", [2, 0], [], []],
  ] as const)("%s of shape %j is stored little endian, and read back", (datatype, shape, data, bytes) => {
    const tensor = inputOf({ name: "x", datatype, shape, data });
    expect([...(tensor?.bytes ?? [])]).toEqual(bytes);
    const outputs = [{ ...(tensor as Tensor), binary: false }];
    const { body, headers } = encodeInferResponse({ model_name: "m", outputs });
    expect(headers).toEqual({ "content-type": JSON_TYPE });
    expect(JSON.parse(new TextDecoder().decode(body)).outputs[0].data).toEqual(data);
  });

  // inference_rest.md, Tensor Data: flattened in row-major order, or nested in the tensor's dimensions.
  it("may be nested as their shape", () => {
    const nested = inputOf({ ...pixels, data: [[[[1, 2, 3]], [[4, 5, 6]]]] });
    expect(nested).toEqual(inputOf({ ...pixels, data: [1, 2, 3, 4, 5, 6] }));
  });

  it.each([
    ["values out of range", { name: "x", datatype: "UINT8", shape: [1], data: [256] }],
    ["fractions for integers", { name: "x", datatype: "INT32", shape: [1], data: [0.5] }],
    [
      "integers that JSON does not carry exactly",
      { name: "x", datatype: "INT64", shape: [1], data: [2 ** 53] },
    ],
    ["numbers for BOOL", { name: "x", datatype: "BOOL", shape: [1], data: [1] }],
    ["text for numbers", { name: "x", datatype: "FP32", shape: [1], data: ["1"] }],
    ["too few values", { ...pixels, data: [1, 2, 3] }],
    ["ragged nesting", { ...pixels, data: [[[[1, 2, 3]], [[4, 5]]]] }],
    ["nesting deeper than the shape", { name: "x", datatype: "UINT8", shape: [1], data: [[1]] }],
    ["16-bit floats", { name: "x", datatype: "FP16", shape: [1], data: [1] }],
    ["no data at all", pixels],
    ["a shape too large to count", { name: "x", datatype: "UINT8", shape: [2 ** 52, 4], data: [1] }],
    ["a shape far larger than the data", { name: "x", datatype: "UINT8", shape: [2 ** 50], data: [1] }],
    ["a negative side", { name: "x", datatype: "UINT8", shape: [-1], data: [1] }],
    ["an unknown datatype", { name: "x", datatype: "UINT9", shape: [1], data: [1] }],
    ["a datatype that only objects have", { name: "x", datatype: "constructor", shape: [1], data: [1] }],
    ["parameters that are no object", { ...pixels, data: [1, 2, 3, 4, 5, 6], parameters: 1 }],
  ])("are refused with 400 for %s", (_, input) => {
    expect(() => inputOf(input)).toThrowError(expect.objectContaining({ status: 400 }));
  });

  it("are refused with 501 for what Triton has and this protocol has not", () => {
    const unsupported = expect.objectContaining({ status: 501 });
    expect(() => inputOf({ ...pixels, parameters: { shared_memory_region: "r" } })).toThrowError(unsupported);
    expect(() => inputOf({ name: "x", datatype: "BYTES", shape: [1], data: ["a"] })).toThrowError(
      unsupported,
    );
  });

  it("cannot answer with values that JSON does not know", () => {
    const nan = {
      name: "y",
      datatype: "FP32" as const,
      shape: [1],
      bytes: Uint8Array.of(0, 0, 192, 127),
      binary: false,
    };
    expect(() => encodeInferResponse({ model_name: "m", outputs: [nan] })).toThrowError(
      /ask for binary data/,
    );
  });
});

describe("requests", () => {
  const input = { ...pixels, data: [1, 2, 3, 4, 5, 6] };

  it("are read with the fields that the protocol does not know left aside", () => {
    const header = {
      id: "7",
      future: [1],
      parameters: { priority: 3 },
      inputs: [{ ...input, hint: 1 }],
      outputs: [{ name: "y" }],
    };
    const request = decodeInferRequest(text(header), null);
    expect(request).toMatchObject({ id: "7", parameters: { priority: 3 }, outputs: [{ name: "y" }] });
  });

  it.each([
    ["no object", []],
    ["no inputs", {}],
    ["an id that is no string", { id: 7, inputs: [input] }],
    ["the same input twice", { inputs: [input, input] }],
    ["the same output twice", { inputs: [input], outputs: [{ name: "y" }, { name: "y" }] }],
    ["an output without a name", { inputs: [input], outputs: [{}] }],
    ["a flag that is no flag", { inputs: [input], parameters: { binary_data_output: "yes" } }],
    ["a size that is no size", { inputs: [{ ...pixels, parameters: { binary_data_size: -1 } }] }],
    ["fewer bytes than announced", { inputs: [{ ...pixels, parameters: { binary_data_size: 6 } }] }],
  ])("are refused with 400 for %s", (_, header) => {
    expect(() => decodeInferRequest(text(header), null)).toThrowError(
      expect.objectContaining({ status: 400 }),
    );
  });

  it.each([
    ["a length that is no number", "12a"],
    ["a negative length", "-1"],
    ["a length beyond the body", "100000"],
    ["a length that cuts the JSON", "5"],
  ])("are refused with 400 for %s", (_, length) => {
    expect(() => decodeInferRequest(text({ inputs: [input] }), length)).toThrowError(
      expect.objectContaining({ status: 400 }),
    );
  });

  it("are refused with 400 for a tensor whose bytes are not what its shape takes, or that follow the last one", () => {
    const header = { inputs: [{ ...pixels, parameters: { binary_data_size: 5 } }] };
    const { body, headerLength: length } = encodeBinary(header, [new Uint8Array(5)]);
    expect(() => decodeInferRequest(body, String(length))).toThrowError(
      /has 5 bytes, but UINT8 \[1,2,1,3\] takes 6/,
    );
    const more = Uint8Array.of(...text({ inputs: [input] }), 0);
    expect(() => decodeInferRequest(more, String(more.length - 1))).toThrowError(/1 bytes follow/);
  });

  it("carry their content type and header length, and ask for tensors as they are", () => {
    const { headers, body } = encodeInferRequest({
      inputs: [{ ...pixels, shape: [...pixels.shape], bytes: new Uint8Array(6) }],
    });
    expect(headers).toMatchObject({ "content-type": BINARY_TYPE, "accept-encoding": "identity" });
    expect(headerLength(headers[HEADER_LENGTH], body.length)).toBe(body.length - 6);
  });
});

it("finds the text of an error answer, and nothing in other bodies", () => {
  expect(errorMessage('{"error":"no"}')).toBe("no");
  expect(errorMessage('{"error":1}')).toBeNull();
  expect(errorMessage("<html>")).toBeNull();
});
