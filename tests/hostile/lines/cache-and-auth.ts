import { expect, vi } from "vitest";
import { NOT_PUBLIC_HOSTS } from "../../fixtures/hosts.ts";
import { readPicture } from "../../fixtures/pictures/files.ts";
import { png } from "../../support/png.ts";
import { type Answer, ORIGIN } from "../service.ts";
import { askKeyed, codeOf, draws, image, type LineTest, signedPath } from "./line.ts";

const STYLE = "style=handdrawn";
const soon = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

export const CACHE_AND_AUTH = {
  "unkeyed Accept / DPR / X-Forwarded-Host [cache poisoning]": async (service) => {
    const path = image(`${ORIGIN}/png?seed=31`);
    const plain = await draws(service, "open", path);
    for (const headers of [
      ...[
        { "X-Forwarded-Host": "evil.example" },
        { "X-Forwarded-Proto": "evil" },
        { Forwarded: "host=evil.example" },
      ],
      ...[
        { "X-Original-URL": "/evil" },
        { "X-Rewrite-URL": "/evil" },
        { "X-HTTP-Method-Override": "DELETE" },
      ],
      ...[
        { DPR: "4" },
        { "Sec-CH-DPR": "4" },
        { Width: "5000" },
        { "Viewport-Width": "9" },
        { "Save-Data": "on" },
      ],
      ...[
        { "CF-Connecting-IP": "127.0.0.1" },
        { Origin: "https://evil.example" },
        { "User-Agent": "evil" },
        { Pragma: "evil" },
      ],
    ]) {
      const answer = await draws(service, "open", path).then(() => service.ask("open", path, { headers }));
      expect(answer.bytes.equals(plain.bytes), JSON.stringify(headers)).toBe(true);
      expect(JSON.stringify([...answer.headers])).not.toContain("evil");
    }
    const webp = await service.ask("open", path, { headers: { Accept: "image/webp" } });
    expect(webp.headers.get("Content-Type")).toBe("image/webp");
    for (const answer of [plain, webp]) expect(answer.headers.get("Vary")).toContain("Accept");
    expect(webp.headers.get("ETag")).not.toBe(plain.headers.get("ETag"));
    expect((await draws(service, "open", path)).bytes.equals(plain.bytes)).toBe(true);
  },

  "option order and duplicates [cache key confusion]": async (service) => {
    const source = `${ORIGIN}/png?seed=32`;
    const before = service.drawn();
    const paths = [
      "width=40,style=handdrawn",
      "style=handdrawn,w=40",
      "w=40,style=handdrawn,quality=85,dpr=1",
      "dpr=2,w=20,style=handdrawn",
    ];
    const etags = new Set<string | null>();
    for (const options of paths)
      etags.add((await draws(service, "open", `/image/${options}/${source}`)).headers.get("ETag"));
    expect(etags.size).toBe(1);
    expect(service.drawn() - before).toBe(1);
    for (const options of [
      "style=handdrawn,style=handdrawn",
      "style=handdrawn,w=1,width=1",
      "style=handdrawn,width=1,width=2",
    ])
      expect(codeOf(await service.ask("open", `/image/${options}/${source}`))).toBe("duplicate_option");
  },

  "Authorization leakage": async (service) => {
    const elsewhere = "http://elsewhere.example.com/png?seed=33";
    const path = image(`${ORIGIN}/redirect?to=${encodeURIComponent(elsewhere)}`);
    const before = service.fetched.length;
    await service.ask("open", path, {
      headers: { Authorization: "Bearer secret", Cookie: "a=secret", "X-Api-Key": "secret" },
    });
    const asked = service.fetched.slice(before);
    expect(asked.map(({ host }) => host)).toEqual(["photos.example.com", "elsewhere.example.com"]);
    expect(JSON.stringify(asked)).not.toContain("secret");
  },

  "negative-cache poisoning": async (service) => {
    const name = "late.png";
    const path = image(`${ORIGIN}/file/${name}`);
    for (let times = 0; times < 2; times++) {
      const answer = await service.ask("hasty", path);
      expect(codeOf(answer)).toBe("source_not_found");
      expect(answer.headers.get("Cache-Control")).toBe("no-store");
    }
    await draws(service, "hasty", image(`${ORIGIN}/png?seed=34&${name}`)); // nobody else's failure
    service.offer(name, png({ seed: 35 })); // an origin that fails once has not failed for long
    await vi.waitFor(() => draws(service, "hasty", path), { timeout: 30_000, interval: 200 });
  },

  "R2 key injection (hash keys)": async (service) => {
    for (const source of [
      ...[
        "upload:../masters/x",
        "upload:..%2Fmasters%2Fx",
        "upload:AAAAAAAAAAAAAAAAAAAAA/",
        "upload%3Amasters",
      ],
      ...["r2:pictures/masters/x", "r2:photos/../x", "r2:../x", `${ORIGIN}/png?seed=36&/../../uploads/x`],
      encodeURIComponent(`${ORIGIN}/png?seed=37&key=masters/${"0".repeat(64)}`),
    ])
      await service.ask("open", image(source));
    const keys = await service.stored("");
    expect(keys.length).toBeGreaterThan(10);
    for (const key of keys)
      expect(key).toMatch(
        /^(?:(?:masters|variants|mattes|verdicts)\/[0-9a-f]{64}\/[0-9a-f]{64}|(?:sources|purges)\/[0-9a-f]{64}|(?:uploads|outputs)\/[\w-]{22})$/,
      );
  },

  "cache outliving the signature's expiry": async (service) => {
    const source = `${ORIGIN}/png?seed=38`;
    await draws(service, "signed", await signedPath(source, STYLE)); // so that the next takes no time of its own
    const path = await signedPath(source, `${STYLE},exp=${soon(3)}`);
    const answer = await draws(service, "signed", path);
    const maxAge = Number(/max-age=(\d+)/.exec(answer.headers.get("Cache-Control") ?? "")?.[1]);
    expect(maxAge).toBeLessThanOrEqual(3);
    expect(answer.headers.get("Cache-Control")).toContain("must-revalidate");
    expect(answer.headers.get("Cache-Control")).not.toContain("stale");
    const etag = answer.headers.get("ETag") ?? "";
    await expect.poll(async () => codeOf(await service.ask("signed", path))).toBe("signature_expired");
    for (const headers of [
      { "If-None-Match": etag },
      { Range: "bytes=0-9" },
      { "Cache-Control": "only-if-cached" },
    ])
      expect(codeOf(await service.ask("signed", path, { headers }))).toBe("signature_expired");
    expect((await service.ask("signed", path, { method: "HEAD" })).status).toBe(403);
    await draws(service, "signed", await signedPath(source, STYLE)); // it lies there all the while
  },

  "truncated or malleable signatures": async (service) => {
    const source = `${ORIGIN}/png?seed=39`;
    const path = await signedPath(source, `${STYLE},exp=${soon(1000)}`);
    await draws(service, "signed", path);
    const [whole = "", sig = ""] = /sig=([\w-]+)/.exec(path) ?? [];
    const forged = [
      ...[
        sig.slice(0, -1),
        sig.slice(0, 22),
        "",
        `${sig}=`,
        `${sig}A`,
        sig.toLowerCase(),
        sig.toUpperCase(),
        `${sig},${whole}`,
      ],
      ...[
        sig.replace(/.$/, "B"),
        `${sig.slice(0, -1)}%41`,
        `%${sig.charCodeAt(0).toString(16)}${sig.slice(1)}`,
        "A".repeat(43),
      ],
    ].map((changed) => path.replace(whole, `sig=${changed}`));
    const altered = [
      ...[
        path.replace("seed=39", "seed=40"),
        `${path}&x=1`,
        `${path}?`,
        path.replace("handdrawn", "handdrawn2"),
      ],
      ...[
        path.replace("exp=", "exp=9"),
        path.replace(/,exp=\d+/, ""),
        path.replace("kid=a", "kid=b"),
        path.replace("/style", "/width=9,style"),
      ],
      ...[
        path.replace(/,kid=a/, ""),
        path.replace(`,${whole}`, ""),
        path.replace("http://", "https://"),
        path.replace("photos.", "PHOTOS."),
      ],
    ];
    for (const other of [...forged, ...altered].filter((other) => other !== path)) {
      const { status } = await service.ask("signed", other);
      expect(status === 403 || status === 400, `${status} ${other}`).toBe(true);
    }
  },

  timing: async (service) => {
    // How long a comparison takes cannot be seen from here: it is WebCrypto's. What can: that nothing is done before it.
    const path = await signedPath(`${ORIGIN}/png?seed=41`, STYLE);
    const [before, drawn, keys] = [
      service.fetched.length,
      service.drawn(),
      (await service.stored("")).length,
    ];
    const answers = new Set<string>();
    for (let at = 0; at < 43; at += 6) {
      const sig = /sig=([\w-]{43})/.exec(path)?.[1] as string;
      const wrong = `${sig.slice(0, at)}${sig[at] === "A" ? "E" : "A"}${sig.slice(at + 1)}`;
      const { bytes } = await service.ask("signed", path.replace(sig, wrong));
      answers.add(JSON.parse(bytes.toString()).detail);
    }
    expect(answers.size).toBe(1);
    expect([service.fetched.length, service.drawn(), (await service.stored("")).length]).toEqual([
      before,
      drawn,
      keys,
    ]);
  },

  "key rotation": async (service) => {
    const [a, b] = await Promise.all(
      (["a", "b"] as const).map((kid) => signedPath(`${ORIGIN}/png?seed=42`, STYLE, kid)),
    );
    await draws(service, "signed", a as string);
    await draws(service, "signed", b as string);
    expect(codeOf(await service.ask("rotated", a as string))).toBe("invalid_signature"); // though it lies in the bucket
    await draws(service, "rotated", b as string);
  },

  "quota races": async (service) => {
    const path = image(`${ORIGIN}/png?seed=44`);
    const burst = (bearer: (at: number) => string) =>
      Promise.all(
        Array.from({ length: 200 }, (_, at) =>
          service.ask("keyed", path, { headers: { Authorization: `Bearer ${bearer(at)}` } }),
        ),
      );
    const make = (quotas: object) =>
      askKeyed<{ id: string; key: string }>(service, "/v1/keys", {
        name: "x",
        scopes: ["transform"],
        quotas,
      });
    const month = await make({ perMonth: 25 });
    const { token } = await askKeyed<{ token: string }>(service, "/v1/tokens", {}, month.key);
    const answers = await burst((at) => (at % 2 ? month.key : token));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(25);
    expect(answers.filter((answer) => codeOf(answer) === "quota_exceeded")).toHaveLength(175);
    await expect
      .poll(() => askKeyed(service, `/v1/keys/${month.id}/usage`))
      .toMatchObject({ pictures: 25, reserved: 0, refused: 175 });
    for (;;) {
      const minute = await make({ perMinute: 50 });
      const began = Math.floor(Date.now() / 60_000);
      const answers = await burst(() => minute.key);
      if (Math.floor(Date.now() / 60_000) !== began) continue; // two minutes have two quotas
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(50);
      expect(answers.filter((answer) => codeOf(answer) === "rate_limited")).toHaveLength(150);
      return;
    }
  },

  "variant flooding [denial of wallet]": async (service) => {
    const source = `${ORIGIN}/png?seed=43`;
    const before = service.drawn();
    for (let width = 10; width < 30; width++) await draws(service, "open", image(source, `width=${width}`));
    expect(service.drawn() - before).toBe(1); // one run of the network for all of them
    await draws(service, "presets", `/image/preset=avatar/${source}`);
    for (const options of [
      STYLE,
      "preset=avatar,width=9",
      "preset=avatar,quality=1",
      "preset=avatar,strength=0.5",
    ])
      expect(codeOf(await service.ask("presets", `/image/${options}/${source}`))).toBe("presets_only");
    expect(codeOf(await service.ask("signed", image(source)))).toBe("signature_required");
  },

  "idempotency replay": async (service) => {
    const make = () =>
      askKeyed<{ id: string; key: string }>(service, "/v1/keys", {
        name: "x",
        scopes: ["transform"],
        quotas: { perMonth: 2 },
      });
    const [mine, theirs] = await Promise.all([make(), make()]);
    const source = `${ORIGIN}/png?seed=45`;
    const send = (key: string, width: number, method = "POST", path = "/v1/stylizations", name = "order-1") =>
      service.ask("keyed", path, {
        method,
        headers: {
          Authorization: `Bearer ${key}`,
          "Content-Type": "application/json",
          "Idempotency-Key": name,
          Prefer: "respond-async",
        },
        body:
          method === "POST"
            ? Buffer.from(JSON.stringify({ source, outputs: [{ style: "toon", width }] }))
            : undefined,
      });
    const idOf = ({ bytes }: Answer) => (JSON.parse(bytes.toString()) as { id: string }).id;
    const isUnderWay = async (id: string) =>
      ["queued", "running"].includes(
        JSON.parse((await send(mine.key, 0, "GET", `/v1/stylizations/${id}`)).bytes.toString()).status,
      );

    const before = service.drawn();
    const many = await Promise.all(Array.from({ length: 50 }, () => send(mine.key, 40)));
    expect(new Set(many.map(idOf)).size).toBe(1); // one, and two are all that the quota has
    const id = idOf(many[0] as Answer);
    await expect.poll(() => isUnderWay(id)).toBe(false);
    const again = await Promise.all(Array.from({ length: 20 }, () => send(mine.key, 40)));
    expect(new Set(again.map(({ status }) => status))).toEqual(new Set([200]));
    expect(service.drawn() - before).toBe(1);
    expect(await askKeyed(service, `/v1/keys/${mine.id}/usage`)).toMatchObject({ pictures: 1, reserved: 0 });

    expect(codeOf(await send(mine.key, 41))).toBe("idempotency_mismatch"); // a name is no way to another picture
    const other = await send(theirs.key, 40); // whoever learns a name learns nothing by it
    expect(other.status).toBe(202);
    expect(idOf(other)).not.toBe(id);
    expect(codeOf(await send(theirs.key, 0, "GET", `/v1/stylizations/${id}`))).toBe("stylization_not_found");
    expect(codeOf(await send(theirs.key, 0, "DELETE", `/v1/stylizations/${id}`))).toBe(
      "stylization_not_found",
    );

    await send(mine.key, 0, "DELETE", `/v1/stylizations/${id}`);
    expect(codeOf(await send(mine.key, 40))).toBe("idempotency_mismatch"); // deleted is not free to be had again
    for (const name of ["a b", "\xfc", "x".repeat(256)])
      expect(codeOf(await send(mine.key, 40, "POST", "/v1/stylizations", name))).toBe("invalid_request");
    expect(await askKeyed(service, `/v1/keys/${mine.id}/usage`)).toMatchObject({ pictures: 1, reserved: 0 });
  },

  "webhook SSRF": async (service) => {
    const before = service.fetched.length;
    for (const [what, authority] of NOT_PUBLIC_HOSTS) {
      const asked = {
        source: `${ORIGIN}/png`,
        outputs: [{ style: "toon" }],
        webhook: `https://${authority}/hook`,
      };
      const answer = await service.ask("open", "/v1/stylizations", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: Buffer.from(JSON.stringify(asked)),
      });
      expect(codeOf(answer), `${what} ${authority}`).toBe("webhook_not_allowed");
    }
    // Announced past every check of the request that named them: the one before each attempt holds by itself.
    const refused = await Promise.all(
      NOT_PUBLIC_HOSTS.map(([, authority]) => service.announce(`https://${authority}/hook`)),
    );
    for (const { url, lastError } of refused) expect(lastError, url).toContain("Webhooks are not sent to");
    for (const url of ["http://hooks.example.com/", "https://user@hooks.example.com/", "https://8.8.8.8:22/"])
      expect((await service.announce(url)).lastError, url).toContain("Webhooks are not sent");
    expect(service.fetched.slice(before)).toEqual([]);

    const redirect = `https://hooks.example.com/redirect?to=${encodeURIComponent("http://127.0.0.1/hook")}`;
    expect((await service.announce(redirect)).lastError).toContain("redirects are not followed");
    const itself = await service.announce("https://stylegate.example.com/v1/webhooks/secret");
    expect(itself).toMatchObject({ lastStatus: 508, state: "pending" });
    expect(service.fetched.slice(before).map(({ host }) => host)).toEqual([
      "hooks.example.com",
      "stylegate.example.com",
    ]);
  },

  "uploads of a page that is not the operator's [CSRF]": async (service) => {
    const answer = await service.ask("own", "/v1/uploads", {
      method: "POST",
      headers: {
        Origin: "https://evil.example",
        "Sec-Fetch-Site": "cross-site",
        "Content-Type": "text/plain",
      },
      body: readPicture("rgb.png"),
    });
    expect(codeOf(answer)).toBe("origin_not_allowed");
  },
} satisfies Record<string, LineTest>;
