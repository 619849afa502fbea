import assert from "node:assert/strict";
import { type Group, OIP, SCHEDULE } from "../check.ts";
import { decoded, type Endpoint } from "../endpoint.ts";
import { assertSame, type Picture, picture } from "../picture.ts";
import { assertExplained } from "../refusal.ts";

const SMALL = picture(40, 33);
/** Of sizes that are all different, so that none is batched with another: each takes its turn. */
const QUEUE = Array.from({ length: 6 }, (_, i) => picture(160 + i, 160));
/** Tries to come before others in the line, which may be drawn before one can. */
const TRIES = 10;

async function assertDraws(endpoint: Endpoint, parameters: object, headers: Record<string, string> = {}) {
  const answer = await endpoint.draw(SMALL, { parameters: { ...parameters }, headers });
  assertSame(endpoint.drawingOf(answer), await endpoint.drawn(SMALL), JSON.stringify(parameters));
}

/** How many in a line, for which nobody waits, are drawn before what is asked for then, for which a person waits. */
async function drawnBefore(endpoint: Endpoint): Promise<number> {
  let drawn = 0;
  const batch = QUEUE.map(async (each) => {
    await endpoint.draw(each, { parameters: { priority: 2 } });
    drawn++;
  });
  // Once one of them is drawn, all others wait in line.
  await Promise.race(batch);
  assert.equal((await endpoint.draw(SMALL, { parameters: { priority: 1 } })).status, 200);
  const before = drawn;
  await Promise.all(batch);
  return before;
}

export const SCHEDULING: Group = {
  title: "Parameters, timeouts, priorities",
  checks: [
    {
      name: "takes a priority and a timeout, whether it heeds them or not",
      demand: "worker",
      source: `src/edge/inference/question.ts; ${SCHEDULE}: "priority", "timeout"`,
      run: async (endpoint) => {
        for (const priority of [1, 2]) await assertDraws(endpoint, { priority, timeout: 30_000_000 });
      },
    },
    {
      name: "takes a parameter that it does not know",
      demand: "told",
      source: `${OIP}, Parameters: "to allow for extensions"`,
      run: (endpoint) => assertDraws(endpoint, { stylegate_unknown: 7 }),
    },
    {
      name: "takes trace context",
      demand: "worker",
      source: "src/edge/inference/observer.ts; W3C Trace Context",
      run: (endpoint) =>
        assertDraws(endpoint, {}, { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" }),
    },
    {
      name: "draws what waits too long, or refuses it as an error",
      demand: "protocol",
      source: `${OIP}, Inference Response JSON Error Object; ${SCHEDULE}: "timeout"`,
      run: async (endpoint) => {
        const answers = await Promise.all(
          QUEUE.map((each) => endpoint.draw(each, { parameters: { timeout: 1 } })),
        );
        for (const answer of answers) {
          if (answer.status === 200) decoded(answer);
          else assertExplained(answer);
        }
      },
    },
    {
      name: "gives up what waits longer than it may, and says that it may be asked again (503)",
      demand: "told", // a Triton heeds it where its model says allow_timeout_override
      source: `${SCHEDULE}: "timeout … Triton will take a model-specific action such as terminating the request"`,
      run: async (endpoint) => {
        const first = endpoint.draw(QUEUE[0] as Picture);
        const rest = await Promise.all(
          QUEUE.slice(1).map((each) => endpoint.draw(each, { parameters: { timeout: 1 } })),
        );
        assert.equal((await first).status, 200);
        const statuses = rest.map(({ status }) => status);
        assert.ok(statuses.includes(503), `statuses ${statuses}`);
      },
    },
    {
      name: "draws what a person waits for before what nobody does",
      demand: { extension: "schedule_policy" },
      source: `${SCHEDULE}: "the highest priority level is indicated by setting the parameter to 1"`,
      run: async (endpoint) => {
        const before: number[] = [];
        while (before.length < TRIES) {
          const drawn = await drawnBefore(endpoint);
          if (drawn <= 3) return;
          before.push(drawn);
        }
        assert.fail(`it was drawn after ${before.join(", ")} others`);
      },
    },
  ],
};
