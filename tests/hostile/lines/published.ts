import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { joined } from "../../../src/edge/source/probe/bytes.ts";
import { NOT_PUBLIC_HOSTS } from "../../fixtures/hosts.ts";
import { readPicture } from "../../fixtures/pictures/files.ts";
import { latin } from "../../support/heif.ts";
import { readWranglerConfig } from "../../support/wrangler.ts";
import { ORIGIN } from "../service.ts";
import { codeOf, draws, image, type LineTest, refuses } from "./line.ts";

/** Of what other services of this kind had to answer for: the flaw, whose it was, and its class. */
export const PUBLISHED = {
  "CVE-2023-1496, imgproxy [SVG XSS]": async (service) => {
    const svg = latin('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    const uploaded = await service.ask("open", "/v1/uploads", { method: "POST", body: svg });
    const source = service.offer("xss.svg", svg, { "Content-Type": "image/svg+xml" });
    for (const answer of [uploaded, await service.ask("open", image(source))]) {
      expect(codeOf(answer)).toBe("unsupported_format");
      expect(answer.bytes.toString()).not.toContain("<script");
      expect(answer.headers.get("Content-Security-Policy")).toBe("default-src 'none'; sandbox");
    }
  },

  "CVE-2023-30019, imgproxy [SSRF]": (service) =>
    refuses(service, "bare", "source_not_allowed", [
      "http://169.254.169.254/latest/meta-data",
      "http://127.0.0.1:8788/",
      "https://example.com/me.jpg",
    ]),

  "CVE-2025-24354, imgproxy [0.0.0.0]": (service) =>
    refuses(
      service,
      "open",
      "source_not_allowed",
      ["0.0.0.0", "0", "0x0", "[::]", "[::ffff:0:0]"].map((host) => `http://${host}/`),
    ),

  "4.0.12, imgproxy [CGNAT, 6to4, NAT64, Teredo, ISATAP bypass]": (service) =>
    refuses(service, "open", "source_not_allowed", hosts(/CGNAT|6to4|NAT64|Teredo|ISATAP/)),

  "CVE-2025-54387, ipx [path prefix]": async (service) => {
    service.offer("public/me.png", readPicture("rgb.png"));
    for (const name of ["public-secret/me.png", "publicly.png", "secret.png"])
      service.offer(name, readPicture("rgb.png"));
    await draws(service, "listed", image(`${ORIGIN}/file/public/me.png`));
    await refuses(
      service,
      "listed",
      "source_not_allowed",
      [
        ...[
          "public-secret/me.png",
          "publicly.png",
          "publi",
          "public/../secret.png",
          "public/%2e%2e/secret.png",
        ],
        ...["public%2f..%2fsecret.png", "public/..%2fsecret.png", "public/%252e%252e/secret.png"],
        ...["public/..;/secret.png", "Public/me.png", "./public/../../file/secret.png"],
      ].map((path) => `${ORIGIN}/file/${path}`),
    );
  },

  "CVE-2024-47831, Next.js [self-recursion]": async (service) => {
    const before = service.fetched.length;
    let source = `${ORIGIN}/file/never.png`;
    for (let depth = 0; depth < 5; depth++) source = `http://stylegate.example.com${image(source)}`;
    const answer = await service.ask("open", image(source));
    expect(codeOf(answer)).toBe("source_status"); // it answered 508 itself
    expect(service.fetched.slice(before).map(({ host }) => host)).toEqual(["stylegate.example.com"]);
  },

  "CVE-2025-57752, Next.js [cache key ignores Cookie/Authorization]": async (service) => {
    const source = service.offer("personal.png", readPicture("rgba.png"));
    const path = image(source, "format=png");
    const headers = {
      Cookie: "session=alice",
      Authorization: "Bearer alice",
      "Proxy-Authorization": "Basic eDp5",
    };
    const [alice, anybody] = [
      await service.ask("open", path, { headers }),
      await draws(service, "open", path),
    ];
    expect(alice.bytes.equals(anybody.bytes)).toBe(true); // not Alice's picture, since nobody was told of her
    const asked = service.fetched.filter(({ path }) => path === "/file/personal.png");
    expect(asked.length).toBeGreaterThan(0);
    for (const { headers } of asked) {
      expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(["cookie"]));
      expect(JSON.stringify(headers)).not.toContain("alice");
    }
  },

  "CVE-2025-55173, Next.js [content injection]": async (service) => {
    const script = "<script>alert(document.domain)</script>";
    const source = service.offer("injected.png", joined([readPicture("rgb.png"), latin(script)]), {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Disposition": 'attachment; filename="evil.html"',
      "Content-Security-Policy": "script-src *",
      "Set-Cookie": "a=b",
      Location: "https://evil.example",
      Refresh: "0; url=https://evil.example",
    });
    const answer = await draws(service, "open", image(source, "format=jpeg"));
    expect(answer.bytes.includes(script)).toBe(false);
    expect(JSON.stringify([...answer.headers])).not.toMatch(/evil|html|script-src|a=b/);
    expect(answer.headers.get("Content-Disposition")).toBe('inline; filename="handdrawn.jpg"');
    expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff");
  },

  "CVE-2025-59471 and CVE-2026-44577, Next.js [unbounded bodies]": async (service) => {
    for (const path of ["/bytes?length=1e15", `/bytes?length=1e15&announce=${2 ** 50}`])
      expect(codeOf(await service.ask("open", image(`${ORIGIN}${path}`)))).toBe("source_too_large");
  },

  "GHSA-cjq9-62q9-8jv4, Next.js [allow-listed host with hostile DNS]": async () => {
    // A Worker cannot pin DNS: a limit that is told, and narrowed where it runs at Cloudflare.
    const security = await readFile(fileURLToPath(new URL("../../../SECURITY.md", import.meta.url)), "utf8");
    expect(security).toContain("A listed host whose DNS is hostile can point anywhere");
    expect(readWranglerConfig().compatibility_flags).toContain("global_fetch_strictly_public");
  },

  "CVE-2025-6087, OpenNext for Cloudflare [open proxy]": async (service) => {
    const answer = await service.ask("open", image(`${ORIGIN}/body?text=somebody+else's+page`));
    expect(codeOf(answer)).toBe("unsupported_format");
    expect(answer.bytes.toString()).not.toContain("page");
    const before = service.fetched.length;
    const target = encodeURIComponent(`${ORIGIN}/png`);
    const paths = [
      `/_next/image?url=${target}`,
      `/cdn-cgi/image/width=64/${ORIGIN}/png`,
      `/${ORIGIN}/png`,
      `/_image?href=${target}`,
    ];
    for (const path of paths) expect((await service.ask("open", path)).status, path).toBe(404);
    const absolute = `${ORIGIN}/png`; // as a proxy is asked
    expect((await service.ask("open", absolute)).status).toBe(404);
    expect(service.fetched.slice(before)).toEqual([]);
  },

  "CVE-2026-25493, Craft [redirect]": async (service) => {
    for (const to of [
      "http://169.254.169.254/",
      "http://localhost/",
      "http://[::ffff:7f00:1]/",
      "http://photos.example.com:22/",
    ]) {
      const before = service.fetched.length;
      const source = `${ORIGIN}/redirect?to=${encodeURIComponent(to)}`;
      expect(codeOf(await service.ask("open", image(source))), to).toBe("source_not_allowed");
      expect(service.fetched.slice(before)).toHaveLength(1);
    }
  },

  "CVE-2026-54300, Astro [wildcard too broad]": async (service) => {
    await draws(service, "listed", image("http://a.wild.example/png?seed=1"));
    await draws(service, "listed", image("http://b.a.wild.example/png?seed=2"));
    await refuses(
      service,
      "listed",
      ["source_not_allowed", "invalid_source"],
      [
        ...[
          "wild.example",
          "evilwild.example",
          "a.wild.example.evil.com",
          "a.wild.example.",
          ".wild.example",
        ],
        ...[
          "a.wild.example%2eevil.com",
          "wild.example.",
          "a-wild.example",
          "evil.com?.wild.example",
          "evil.com#.wild.example",
        ],
        ...["evil.com%23.wild.example", "evil.com%2f.wild.example", "a.wild.example:8080"],
      ].map((host) => `http://${host}/png`),
    );
  },
} satisfies Record<string, LineTest>;

/** Of the one table of hosts (tests/fixtures/hosts.ts), those that are of a kind. */
export const hosts = (kind: RegExp): string[] =>
  NOT_PUBLIC_HOSTS.filter(([what]) => kind.test(what)).map(([, host]) =>
    encodeURIComponent(`http://${host}/`),
  );
