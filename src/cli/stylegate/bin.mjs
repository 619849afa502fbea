#!/usr/bin/env node
/** `npx stylegate …`: sets the project up, and hands over to its own Node. */
import { fileURLToPath } from "node:url";
import { complaintAboutNode } from "../setup/node-version.mjs";

const complaint = complaintAboutNode(process.versions.node);
if (complaint) {
  console.error(complaint);
  process.exit(1);
}
const { run } = await import("../complaint.mjs");
const { handOver } = await import("../setup/command.mjs");
const { ensurePackages } = await import("../setup/packages.mjs");
const main = fileURLToPath(new URL("./main.ts", import.meta.url));
// Node 24.0 warns that it strips types.
const flags = ["--disable-warning=ExperimentalWarning"];
await run(async () => handOver(await ensurePackages(), [...flags, main, ...process.argv.slice(2)]));
