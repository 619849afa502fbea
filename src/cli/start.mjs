/** `npm start`: sets up, starts the inference server and the Worker, and stops both on Ctrl-C. */
import { complaintAboutNode } from "./setup/node-version.mjs";

const complaint = complaintAboutNode(process.versions.node);
if (complaint) {
  console.error(complaint);
  process.exit(1);
}
const { run } = await import("./complaint.mjs");
const { serve } = await import("./serve/serve.mjs");
await run(serve);
