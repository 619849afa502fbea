import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { expect } from "vitest";
import { readPicture } from "../../fixtures/pictures/files.ts";
import { png } from "../../support/png.ts";
import { ORIGIN } from "../service.ts";
import { codeOf, draws, type Hostile, image, type LineTest } from "./line.ts";

const POST = "POST /v1/uploads HTTP/1.1\r\nHost: stylegate.localhost\r\nConnection: close\r\n";

/** The status lines that came back: one for each request that the server saw. */
const statuses = (text: string) =>
  [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));

let alive = 100;

/** A picture that nobody has had drawn. */
const isAlive = (service: Hostile) => draws(service, "open", image(`${ORIGIN}/png?seed=${++alive}`));

export const TRANSPORT = {
  "slow origin [slowloris]": async (service) => {
    for (const path of ["/hang", "/drip"])
      expect(codeOf(await service.ask("hasty", image(`${ORIGIN}${path}`)))).toBe("source_timeout");
  },

  "slow client [slowloris]": async (service) => {
    const parts = [`${POST}Content-Length: 100000\r\n\r\n`, readPicture("rgb.png").subarray(0, 50)];
    expect(statuses(await service.send("hasty", parts, 10_000))).toEqual([408]);
    await isAlive(service);
  },

  "false or missing Content-Length [request smuggling]": async (service) => {
    expect(codeOf(await service.ask("open", image(`${ORIGIN}/break`)))).toBe("source_unreachable");
    await draws(
      service,
      "open",
      image(service.offer("unsaid.png", png({ seed: 21 }), { "Transfer-Encoding": "chunked" })),
    );
    const smuggled = "GET /healthz HTTP/1.1\r\nHost: stylegate.localhost\r\n\r\n";
    const requests: [what: string, head: string, body: string, most: number][] = [
      ["more than comes", "Content-Length: 5000\r\n", "x", 1],
      ["negative", "Content-Length: -1\r\n", "x", 1],
      ["no number", "Content-Length: many\r\n", "x", 1],
      ["beyond any memory", "Content-Length: 99999999999999999999\r\n", "x", 1],
      ["two of them", "Content-Length: 1\r\nContent-Length: 60\r\n", `x${smuggled}`, 1],
      ["beside chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", `0\r\n\r\n${smuggled}`, 1],
      ["chunks that are none", "Transfer-Encoding: chunked\r\n", "zz\r\nx\r\n", 1],
      ["a chunk of 2⁶⁴ bytes", "Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\nx", 1],
      ["an encoding nobody knows", "Transfer-Encoding: evil\r\n", "x", 1],
      ["none", "", "x", 1],
    ];
    for (const [what, head, body, most] of requests) {
      const found = statuses(await service.send("hasty", [`${POST}${head}\r\n${body}`], 3_000));
      expect(found.length, what).toBeLessThanOrEqual(most);
      for (const status of found) expect(status >= 400 && status < 500, `${what}: ${status}`).toBe(true);
    }
    await isAlive(service);
  },

  "gzip body [decompression bomb]": async (service) => {
    const zipped = (bytes: Uint8Array) => [gzipSync(bytes), { "Content-Encoding": "gzip" }] as const;
    await draws(service, "open", image(service.offer("zipped.png", ...zipped(png({ seed: 22 })))));
    const bomb = gzipSync(Buffer.concat([png({ seed: 23 }), Buffer.alloc(200 * 2 ** 20)]));
    const huge = service.offer("bomb.png.gz", bomb, { "Content-Encoding": "gzip" });
    expect(codeOf(await service.ask("open", image(huge)))).toBe("source_too_large");
    for (const encoding of ["gzip", "br", "deflate", "gzip, gzip"]) {
      const lie = service.offer(`lie.${encoding.length}`, png({ seed: 24 }), {
        "Content-Encoding": encoding,
      });
      expect((await service.ask("open", image(lie))).status, encoding).not.toBe(500);
    }
    await isAlive(service);
  },

  "endless body [unbounded bodies]": async (service) => {
    expect(codeOf(await service.ask("open", image(`${ORIGIN}/bytes?length=1e15`)))).toBe("source_too_large");
    expect(codeOf(await service.ask("open", image(`${ORIGIN}/text?length=1e15`)))).toBe("unsupported_format");
    const { status, sent } = await endlessUpload(service);
    expect([413, undefined]).toContain(status);
    expect(sent).toBeLessThan(64 * 2 ** 20); // 30 MiB are taken, the rest lies in sockets
    await isAlive(service);
  },

  "HTML as image": async (service) => {
    const html = Buffer.from("<!DOCTYPE html><title>Log in</title><script>alert(1)</script>");
    const source = service.offer("login.jpg", html, { "Content-Type": "image/jpeg" });
    const answer = await service.ask("open", image(source));
    expect(codeOf(answer)).toBe("unsupported_format");
    expect(answer.bytes.includes("Log in")).toBe(false);
    expect(codeOf(await service.ask("open", image(`${ORIGIN}/status/500`)))).toBe("source_status");
  },

  "multi-range abuse [CVE-2011-3192's kind]": async (service) => {
    const path = image(`${ORIGIN}/png?seed=25`, "format=png");
    const whole = await draws(service, "open", path);
    const many = Array.from({ length: 1000 }, (_, i) => `${i}-`).join();
    for (const range of [
      `bytes=${many}`,
      "bytes=0-0,-1",
      "bytes=0-18446744073709551615",
      "bytes=9-1",
      "lines=1-2",
      "bytes=a-b",
    ]) {
      const answer = await service.ask("open", path, { headers: { Range: range } });
      expect(answer.bytes.length, range).toBeLessThanOrEqual(whole.bytes.length);
      expect([200, 206], range).toContain(answer.status);
      expect(answer.headers.get("Content-Type")).toBe("image/png"); // never multipart
    }
    expect((await service.ask("open", path, { headers: { Range: "bytes=999999999-" } })).status).toBe(416);
  },

  "huge headers": async (service) => {
    for (const kilobytes of [10, 60, 200, 2000]) {
      const field = `X-Padding: ${"x".repeat(kilobytes * 1024)}\r\n`;
      const text = await service.send(
        "open",
        [`GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${field}\r\n`],
        5_000,
      );
      for (const status of statuses(text)) expect(status, `${kilobytes} KB`).toBeLessThan(500);
    }
    const long = await service.ask("open", image(`${ORIGIN}/${"a".repeat(15_000)}`));
    expect(codeOf(long)).toBe("invalid_source");
    await originsHeaders(service);
    await isAlive(service);
  },

  "client abort": async (service) => {
    const { hostname, port } = service.url("open");
    for (const path of [image(`${ORIGIN}/png?seed=26&width=600&height=600`), image(`${ORIGIN}/hang`)]) {
      const before = service.fetched.length;
      const socket = connect(Number(port), hostname);
      socket.write(`GET ${path} HTTP/1.1\r\nHost: stylegate.localhost\r\n\r\n`);
      await expect.poll(() => service.fetched.length).toBeGreaterThan(before);
      socket.destroy();
    }
    const upload = connect(Number(port), hostname);
    upload.write(`${POST}Content-Length: 5000000\r\n\r\n`);
    await once(upload, "connect");
    upload.write(new Uint8Array(1_000_000));
    upload.destroy();
    await isAlive(service);
    await draws(service, "open", image(`${ORIGIN}/png?seed=26&width=600&height=600`)); // what it was, for the next one
  },
} satisfies Record<string, LineTest>;

/**
 * An upload in chunks without end: how many bytes went before the service ended it, and the status that did. None where the connection was
 * closed while a chunk was on its way, before the answer could be read.
 */
function endlessUpload(service: Hostile): Promise<{ status: number | undefined; sent: number }> {
  const { hostname, port } = service.url("open");
  return new Promise((resolve, reject) => {
    const asking = request({ host: hostname, port, path: "/v1/uploads", method: "POST", agent: false });
    const chunk = new Uint8Array(2 ** 20);
    chunk.set(png().subarray(0, 33)); // what begins as no picture is refused sooner
    let isOver = false;
    let sent = 0;
    const end = (status: number | undefined) => {
      isOver = true;
      resolve({ status, sent });
    };
    asking.on("response", (answer) => {
      answer.resume();
      end(answer.statusCode);
      asking.destroy();
    });
    asking.on("error", (error: NodeJS.ErrnoException) => {
      if (isOver) return;
      if (error.code === "EPIPE" || error.code === "ECONNRESET") end(undefined);
      else reject(error);
    });
    const more = () => {
      while (!isOver) {
        sent += chunk.length;
        if (!asking.write(chunk)) return void asking.once("drain", more);
      }
    };
    more();
  });
}

/** What an origin says of its picture is as long as it likes; what is kept of it, and told to it again, is not. */
async function originsHeaders(service: Hostile): Promise<void> {
  const source = service.offer("wordy.png", png({ seed: 27 }), {
    ETag: `"${"e".repeat(7_000)}"`,
    "Last-Modified": "x".repeat(3_000),
    "Cache-Tag": Array.from({ length: 500 }, (_, i) => `tag-${i}`).join(),
    "Cache-Control": `max-age=0, ${"x".repeat(3_000)}`,
  });
  await draws(service, "hasty", image(source));
  for (const key of await service.stored("sources/"))
    expect((await service.read(key)).length, key).toBeLessThan(2_000);
}
