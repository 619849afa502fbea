/** `npm run conformance -- URL|embedded|triton|kserve [--model NAME] [--header 'NAME: VALUE']`: whether a server speaks the protocol as the Worker needs it; docs/conformance.md. */
import { run } from "../../src/cli/complaint.mjs";
import { seconds } from "../../src/cli/terminal.mjs";
import { withoutSecrets } from "../../src/edge/inference/secrets.ts";
import { readArguments, type Sent, type Target, USAGE } from "./arguments.ts";
import type { Group } from "./check.ts";
import { GROUPS } from "./checks/index.ts";
import { REPOSITORY } from "./checks/repository.ts";
import { findEndpoint } from "./find.ts";
import { startEmbedded } from "./servers/embedded.ts";
import { startKserve } from "./servers/kserve.ts";
import type { Server } from "./servers/server.ts";
import { startTriton } from "./servers/triton.ts";
import { judge, type Verdict } from "./verdict.ts";

const START = { embedded: startEmbedded, triton: startTriton, kserve: startKserve };

await run(async () => {
  const { targets, model, headers } = readArguments(process.argv.slice(2), process.env);
  if (targets.length === 0) process.stdout.write(USAGE);
  for (const target of targets) {
    const server = await serverOf(target);
    try {
      const isTriton = "server" in target && target.server === "triton";
      await check(server.url, model, headers, isTriton ? [REPOSITORY, ...GROUPS] : GROUPS);
    } finally {
      await server.stop();
    }
  }
});

async function serverOf(target: Target): Promise<Server> {
  return "url" in target ? { url: target.url, stop: async () => {} } : START[target.server]();
}

async function check(
  url: string,
  model: string | undefined,
  headers: Sent,
  groups: readonly Group[],
): Promise<void> {
  const since = performance.now();
  // A server may tell in its refusals what it was sent.
  const print = (line: string) => process.stdout.write(`${withoutSecrets(line, headers)}\n`);
  const endpoint = await findEndpoint(url, model, headers);
  print(
    `${url}, model ${endpoint.model.name}; it claims ${endpoint.extensions.join(", ") || "no extensions"}`,
  );
  const verdicts: Verdict[] = [];
  let title = "";
  for await (const { group, verdict } of judge(endpoint, groups)) {
    if (group.title !== title) print(`\n${group.title}`);
    title = group.title;
    print(told(verdict));
    verdicts.push(verdict);
  }
  const count = (kind: Verdict["kind"]) => verdicts.filter((verdict) => verdict.kind === kind).length;
  const required = verdicts.filter((verdict) => verdict.kind === "passed" && verdict.isRequired).length;
  const optional = count("passed") - required;
  print(
    `\n${count("failed") > 0 ? "FAILED" : "ok"}: ${required} required checks passed, ${count("failed")} failed; ` +
      `${optional} optional ones as well, ${count("differs")} differ; ${count("absent")} had nothing to look at; ` +
      seconds(performance.now() - since),
  );
  if (count("failed") > 0) process.exitCode = 1;
}

function told(verdict: Verdict): string {
  const { check, kind } = verdict;
  if (verdict.kind === "passed") return `  ok       ${check.name}`;
  const why = `           ${verdict.why}`;
  const source = verdict.kind === "absent" ? "" : `\n           ${check.source}`;
  return `  ${kind.padEnd(8)} ${check.name}\n${why}${source}`;
}
