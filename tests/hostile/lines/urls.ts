import { expect } from "vitest";
import { readPicture } from "../../fixtures/pictures/files.ts";
import { ORIGIN } from "../service.ts";
import { codeOf, draws, image, type LineTest, refuses } from "./line.ts";
import { hosts } from "./published.ts";

const redirect = (to: string) => `${ORIGIN}/redirect?to=${encodeURIComponent(to)}`;
const notAllowed =
  (sources: () => string[]): LineTest =>
  (service) =>
    refuses(service, "open", "source_not_allowed", sources());
const whole = (url: string) => encodeURIComponent(url);

/** [SSRF] unless it says something else. */
export const URLS = {
  "decimal IPv4": notAllowed(() => hosts(/decimal/)),
  "octal IPv4": notAllowed(() => hosts(/octal/)),
  "hex IPv4": notAllowed(() => hosts(/hexadecimal|mixed/)),
  "short IPv4": notAllowed(() => hosts(/short/)),
  "0.0.0.0": notAllowed(() => hosts(/this network|unspecified/)),
  "IPv4-mapped IPv6": notAllowed(() => hosts(/IPv4-/)),
  "6to4 IPv6": notAllowed(() => hosts(/6to4/)),
  "NAT64 IPv6": notAllowed(() => hosts(/NAT64/)),
  "Teredo IPv6": notAllowed(() => hosts(/Teredo/)),
  "all other private and reserved addresses, and local names": notAllowed(() => hosts(/./)),
  "trailing-dot host": notAllowed(() => hosts(/trailing/)),

  "IDN [homograph]": async (service) => {
    await refuses(service, "open", "source_not_allowed", hosts(/full-width|encircled|ideographic/));
    await refuses(
      service,
      "listed",
      "source_not_allowed",
      ["phоtos.example.com", "photos.еxample.com", "photos.examp1e.com"].map((host) =>
        whole(`http://${host}/file/public/me.png`),
      ),
    );
  },

  "allowed@evil [userinfo]": (service) =>
    refuses(service, "listed", "invalid_source", [
      "http://photos.example.com@evil.example/file/public/me.png",
      "http://photos.example.com:80@evil.example/file/public/me.png",
      whole("http://photos.example.com%2f@evil.example/file/public/me.png"),
    ]),

  "ports [port scan]": async (service) => {
    await refuses(
      service,
      "open",
      ["source_not_allowed", "invalid_source"],
      ["22", "25", "81", "6379", "8080", "8788", "0", "65535", "65536", "080x"].map(
        (port) => `http://photos.example.com:${port}/png`,
      ),
    );
    await draws(service, "open", image("http://photos.example.com:80/png?seed=11"));
  },

  "other schemes": (service) =>
    refuses(service, "open", "invalid_source", [
      ...[
        "file:///etc/passwd",
        "ftp://photos.example.com/a",
        "gopher://photos.example.com/_",
        "data:image/png;base64,AA==",
      ],
      ...[
        "javascript:alert(1)",
        "local:///etc/passwd",
        "s3://bucket/key",
        "//photos.example.com/png",
        "blob:http://x/y",
      ],
      ...[
        "HTTP+unix://%2Fvar%2Frun%2Fdocker.sock/",
        "view-source:http://photos.example.com/",
        "photos.example.com/png",
      ],
    ]),

  "double encoding": async (service) => {
    await refuses(service, "open", "invalid_source", [
      whole(whole("http://127.0.0.1/")),
      whole(whole(`${ORIGIN}/png`)),
    ]);
    await refuses(service, "listed", "source_not_allowed", [
      `${ORIGIN}/file/public/%252e%252e/secret.png`,
      `${ORIGIN}/file/public/%25252e%25252e/secret.png`,
      whole(`${ORIGIN}/file/public/%252e%252e/secret.png`),
    ]);
  },

  "%2e%2e [path traversal]": (service) =>
    refuses(service, "listed", "source_not_allowed", [
      `${ORIGIN}/file/public/%2e%2e/secret.png`,
      `${ORIGIN}/file/public/%2E./secret.png`,
      whole(`${ORIGIN}/file/public/../secret.png`),
      whole(`${ORIGIN}/file/public/%2e%2e%2fsecret.png`),
    ]),

  "backslash [parser differential]": (service) =>
    refuses(
      service,
      "open",
      ["invalid_source", "source_not_allowed"],
      [
        String.raw`http:\\127.0.0.1\x`,
        String.raw`http://photos.example.com\@127.0.0.1/`,
        whole(String.raw`http://127.0.0.1\@photos.example.com/`),
        whole(String.raw`http://photos.example.com\..\..\127.0.0.1/`),
        "http://photos.example.com%5c@127.0.0.1/",
      ],
    ),

  "CR/LF [header injection, request splitting]": async (service) => {
    await refuses(service, "open", "invalid_source", [
      whole("http://photos.example.com/\r\nHost: 127.0.0.1\r\n\r\nGET / HTTP/1.1"),
      whole("http://photos.example.com/\nX: y"),
      whole("http://photos.example.com/\tx"),
      whole("http://photos.exa\r\nmple.com/"),
    ]);
    const before = service.fetched.length;
    await service.ask("open", image(`${ORIGIN}/png?%0d%0aX-Injected:%20yes`));
    const asked = service.fetched.slice(before);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.headers).not.toHaveProperty("x-injected");
    const answer = await service.ask(
      "open",
      image(redirect("http://photos.example.com/png?%0d%0aSet-Cookie:a=b")),
    );
    expect(answer.headers.get("Set-Cookie")).toBeNull();
  },

  "redirect to private": async (service) => {
    const hops = [
      redirect("http://10.0.0.1/"),
      redirect(redirect("http://169.254.169.254/")),
      redirect("//127.0.0.1/"),
      redirect("http://2130706433/"),
    ];
    for (const source of hops) {
      const before = service.fetched.length;
      expect(codeOf(await service.ask("open", image(whole(source)))), source).toBe("source_not_allowed");
      expect(service.fetched.slice(before).every(({ host }) => host === "photos.example.com")).toBe(true);
    }
    for (const to of [
      "file:///etc/passwd",
      "javascript:alert(1)",
      "http://user:password@photos.example.com/",
      "",
    ])
      expect(codeOf(await service.ask("open", image(redirect(to)))), to).toBe("source_refused");
  },

  "redirect loop": async (service) => {
    const before = service.fetched.length;
    expect(codeOf(await service.ask("open", image("http://loop.example.com/")))).toBe("source_refused");
    expect(service.fetched.slice(before)).toHaveLength(4); // three redirects
  },

  "self-request (send and reject Via)": async (service) => {
    await draws(service, "open", image(service.offer("via.png", readPicture("rgb.png"))));
    const asked = service.fetched.find(({ path }) => path === "/file/via.png");
    expect(asked?.headers.via).toBe("1.1 stylegate");
    for (const via of [
      "1.1 stylegate",
      "1.0 a, 1.1 stylegate (x)",
      "2 b,1.1  stylegate".replace("  ", " "),
      "HTTP/1.1 stylegate",
    ]) {
      const answer = await service.ask("open", image(`${ORIGIN}/png`), { headers: { Via: via } });
      expect(codeOf(answer), via).toBe("request_loop");
    }
    const several = await service.ask("open", image(`${ORIGIN}/png`), {
      headers: { Via: ["1.1 a", "1.1 stylegate"] },
    });
    expect(codeOf(several)).toBe("request_loop");
  },

  rebinding: async (service) => {
    // Names are given to the platform as they are, which resolves them once: no answer of ours depends on a second look.
    const before = service.fetched.length;
    await draws(service, "open", image("http://rebinding.example.com/png?seed=12"));
    expect(service.fetched.slice(before).map(({ host }) => host)).toEqual(["rebinding.example.com"]);
  },

  "the allow-list is the real control: deny by default": async (service) => {
    await refuses(service, "bare", "source_not_allowed", [
      `${ORIGIN}/png`,
      "https://www.example.org/",
      "http://8.8.8.8/",
    ]);
    const source = service.offer("denied.png", readPicture("gray.png"));
    await draws(service, "open", image(source));
    await refuses(service, "bare", "source_not_allowed", [source]); // though it lies in the bucket
    await refuses(service, "bare", "source_not_allowed", ["r2:photos/me.jpg", "r2:pictures/uploads/x"]);
  },
} satisfies Record<string, LineTest>;
