import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { verifyWebhook, type WebhookOptions, WebhookVerificationError } from "./webhook.ts";

/** Of the specification's own example. */
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const TIMESTAMP = "1614265330";
const BODY = '{"test": 2432232314}';
const SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

const makeSecret = () => `whsec_${randomBytes(32).toString("base64")}`;

const NOW = { now: () => Number(TIMESTAMP) * 1000 };
const headers = (changed: Record<string, string | undefined> = {}) => ({
  "webhook-id": ID,
  "webhook-timestamp": TIMESTAMP,
  "webhook-signature": SIGNATURE,
  ...changed,
});

async function refusal(
  given: Parameters<typeof verifyWebhook>[1],
  {
    secret = SECRET as string | string[],
    body = BODY,
    ...options
  }: { secret?: string | string[]; body?: string } & WebhookOptions = {},
) {
  const verified = verifyWebhook(secret, given, body, { ...NOW, ...options });
  const error = await verified.then(
    () => undefined,
    (error) => error,
  );
  expect(error).toBeInstanceOf(WebhookVerificationError);
  return (error as WebhookVerificationError).reason;
}

describe("verifyWebhook", () => {
  it("takes the specification's example, however its headers and its body are held", async () => {
    const bytes = new TextEncoder().encode(BODY);
    const shouted = Object.fromEntries(
      Object.entries(headers()).map(([name, value]) => [name.toUpperCase(), value]),
    );
    for (const given of [headers(), new Headers(headers() as Record<string, string>), shouted])
      for (const body of [BODY, bytes, bytes.buffer, Buffer.from(BODY)])
        expect(await verifyWebhook(SECRET, given, body, NOW)).toEqual({ test: 2432232314 });
  });

  it("takes what a stock library has signed, with secrets as the service makes them", async () => {
    for (let round = 0; round < 20; round++) {
      const secret = makeSecret();
      const body = JSON.stringify({ type: "stylization.succeeded", name: "Łukasz 🎨", round });
      const signature = new Webhook(secret).sign(ID, new Date(NOW.now()), body);
      const event = await verifyWebhook(secret, headers({ "webhook-signature": signature }), body, NOW);
      expect(event).toEqual(JSON.parse(body));
    }
  });

  it("takes one signature of several, and one secret of several", async () => {
    const other = new Webhook(makeSecret()).sign(ID, new Date(NOW.now()), BODY);
    for (const signatures of [`${other} ${SIGNATURE}`, `v1a,abcd ${SIGNATURE} ${other}`])
      expect(
        await verifyWebhook(SECRET, headers({ "webhook-signature": signatures }), BODY, NOW),
      ).toBeTruthy();
    expect(await verifyWebhook([makeSecret(), SECRET], headers(), BODY, NOW)).toBeTruthy();
  });

  it.each(["webhook-id", "webhook-timestamp", "webhook-signature"])("wants %s", async (name) => {
    expect(await refusal(headers({ [name]: undefined }))).toBe("no_header");
    expect(await refusal(headers({ [name]: "" }))).toBe("no_header");
  });

  it.each(["now", "-1", "1614265330.5", "1e9", " 1614265330", "99999999999999999999"])(
    "takes %j for no time",
    async (timestamp) => {
      expect(await refusal(headers({ "webhook-timestamp": timestamp }))).toBe("no_header");
    },
  );

  it.each([
    ["another body", headers(), { body: '{"test": 2432232315}' }],
    ["the body written anew", headers(), { body: JSON.stringify(JSON.parse(BODY)) }],
    ["another id", headers({ "webhook-id": `${ID}x` }), {}],
    ["another time", headers({ "webhook-timestamp": "1614265331" }), {}],
    ["another secret", headers(), { secret: makeSecret() }],
    ["another version", headers({ "webhook-signature": SIGNATURE.replace("v1", "v2") }), {}],
    ["no version", headers({ "webhook-signature": SIGNATURE.slice(3) }), {}],
    ["half a signature", headers({ "webhook-signature": SIGNATURE.slice(0, 23) }), {}],
    ["an empty one", headers({ "webhook-signature": "v1," }), {}],
    ["no base64", headers({ "webhook-signature": "v1,????" }), {}],
    [
      "the right one as the eleventh",
      headers({ "webhook-signature": `${"v1,AAAA ".repeat(10)}${SIGNATURE}` }),
      {},
    ],
  ])("refuses %s", async (_, given, options) => {
    expect(await refusal(given, options)).toBe("no_match");
  });

  it("refuses what is older, or newer, than is tolerated", async () => {
    const at = (seconds: number) => ({ now: () => NOW.now() + seconds * 1000 });
    expect(await refusal(headers(), at(301))).toBe("too_old");
    expect(await refusal(headers(), at(-301))).toBe("too_new");
    expect(await refusal(headers(), { ...at(11), tolerance: 10 })).toBe("too_old");
    for (const seconds of [300, -300])
      expect(await verifyWebhook(SECRET, headers(), BODY, at(seconds))).toBeTruthy();
  });

  it("says that it is forged rather than how old", async () => {
    expect(await refusal(headers(), { body: "{}", now: () => 0 })).toBe("no_match");
  });

  it.each(["", "undefined", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", []])(
    "verifies nothing with %j for a secret",
    async (secret) => {
      expect(await refusal(headers(), { secret })).toBe("no_secret");
      if (typeof secret === "string")
        expect(await refusal(headers(), { secret: [SECRET, secret] })).toBe("no_secret");
    },
  );

  it("says it where what is signed is no JSON", async () => {
    const signature = new Webhook(SECRET).sign(ID, new Date(NOW.now()), "<html>");
    expect(await refusal(headers({ "webhook-signature": signature }), { body: "<html>" })).toBe("no_event");
  });

  it("takes no body that somebody has parsed", async () => {
    const parsed = JSON.parse(BODY) as never;
    await expect(verifyWebhook(SECRET, headers(), parsed, NOW)).rejects.toThrow(TypeError);
  });

  it("verifies what arrives at a server of Node.js", async () => {
    const server = createServer(async (incoming, outgoing) => {
      const event = await verifyWebhook(SECRET, incoming.headers, await buffer(incoming), NOW);
      outgoing.end(JSON.stringify(event));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/`, {
      method: "POST",
      headers: headers() as Record<string, string>,
      body: BODY,
    });
    expect(await answer.json()).toEqual({ test: 2432232314 });
    server.close();
  });
});
