import { afterEach, describe, expect, it, vi } from "vitest";
import { readForm } from "./form.ts";

afterEach(() => vi.restoreAllMocks());

const encoder = new TextEncoder();

/** A form that arrives in chunks of so many bytes; says how many of them were read. */
function arriving(text: string, size: number) {
  const bytes = encoder.encode(text);
  let at = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.slice(at, at + size));
        at += size;
      },
    },
    { highWaterMark: 0 },
  );
  const headers = { "Content-Type": "multipart/form-data; boundary=x" };
  const request = new Request("https://stylegate.localhost/", { method: "POST", headers, body });
  return { request, read: () => at };
}

const read = (request: Request) => readForm(request, 10_000, [], () => {});
const part = (name: string) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`;

describe("a form in small chunks", () => {
  it("is looked at a few times, however many there are", async () => {
    const looks: number[] = [];
    const decode = TextDecoder.prototype.decode;
    vi.spyOn(TextDecoder.prototype, "decode").mockImplementation(function (this: TextDecoder, ...given) {
      looks.push((given[0] as Uint8Array | undefined)?.byteLength ?? 0);
      return decode.apply(this, given);
    });
    const lines = `Content-Disposition: form-data; name="file";${'name="file";'.repeat(4)}\r\n`;
    const { request } = arriving(`${part("note")}\r\n${lines.repeat(400)}`, 64);
    await expect(read(request)).rejects.toThrow("invalid_request");
    expect(looks.filter((length) => length >= 4096)).toEqual([4096, 8192, 16_384, 32_768]);
  });

  it.each([
    ["at once", ""],
    ["behind other fields", `${part("user")}u_1\r\n${part("note")}${"a".repeat(9000)}\r\n`],
  ])("whose file is no picture is not read to its end: %s", async (_, before) => {
    const { request, read: bytes } = arriving(`${before}${part("file")}${"<html>".repeat(30_000)}`, 64);
    await expect(read(request)).rejects.toThrow("unsupported_format");
    expect(bytes()).toBeLessThanOrEqual(32 * 1024);
  });
});
