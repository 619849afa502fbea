import { reset, runInDurableObject } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { beforeEach, describe, expect, it } from "vitest";
import { bindings } from "../../../tests/support/workerd/ask.ts";
import { Bench, on } from "../../../tests/support/workerd/webhook-bench.ts";
import { DAY } from "./backoff.ts";

beforeEach(() => reset());

describe("secrets", () => {
  const signers = (bench: Bench, secrets: string[]) => {
    const { headers, body, at } = bench.requests.at(-1) ?? {
      headers: {} as Record<string, string>,
      body: "",
      at: 0,
    };
    const signatures = (headers["webhook-signature"] ?? "").split(" ");
    const time = new Date(Math.floor(at / 1000) * 1000);
    return signatures.map((signature) =>
      secrets.findIndex(
        (secret) => new Webhook(secret).sign(headers["webhook-id"] ?? "", time, body) === signature,
      ),
    );
  };
  const send = async (bench: Bench) => {
    await bench.announce();
    await bench.ring();
  };

  it("are none until one is made", () =>
    runInDurableObject(bindings.WEBHOOKS.getByName("bare"), async (_, state) => {
      const { webhooks } = new Bench(state);
      expect(await webhooks.hasSecret()).toBe(false);
      const made = await webhooks.rotateSecret();
      expect(made).toEqual({
        secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
        previousUntil: undefined,
      });
      expect(await webhooks.hasSecret()).toBe(true);
    }));

  it("sign beside the one that follows, for a day", () =>
    on("rotation", async (bench) => {
      const one = await bench.webhooks.rotateSecret();
      bench.now += 2 * DAY;
      const two = await bench.webhooks.rotateSecret();
      expect(two.previousUntil).toBe(bench.now + DAY);
      const secrets = [one.secret, two.secret];
      await send(bench);
      expect(signers(bench, secrets)).toEqual([1, 0]);
      bench.restart();
      bench.now += DAY - 1;
      await send(bench);
      expect(signers(bench, secrets)).toEqual([1, 0]);
      bench.now += 1;
      await send(bench);
      expect(signers(bench, secrets)).toEqual([1]);
    }));

  it("sign on where several follow at once, as many as a header has room for", () =>
    on("hasty", async (bench) => {
      const secrets: string[] = [];
      for (let count = 0; count < 10; count++) secrets.push((await bench.webhooks.rotateSecret()).secret);
      await send(bench);
      expect(signers(bench, secrets)).toEqual([9, 8, 7, 6, 5]);
    }));
});
