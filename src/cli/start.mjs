/** `npm start`: sets up, starts the inference server and the Worker, and stops both on Ctrl-C. */
import { complaintAboutNode } from "./setup/node-version.mjs";

const complaint = complaintAboutNode(process.versions.node);
if (complaint) {
  console.error(complaint);
  process.exit(1);
}
const { command } = await import("./command-line.mjs");
const { serve } = await import("./serve/serve.mjs");

const USAGE = `Sets up, starts the inference server and the Worker, and stops both on Ctrl-C.

  npm start

It is set by variables, such as ALLOWED_SOURCES=images.example.com npm start: docs/configuration.md has all of them.
`;

await command({ usage: USAGE }, serve);
