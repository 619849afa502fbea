/** `npm run gallery`: draws every picture of a folder and writes a page that shows them. */
import { run } from "../complaint.mjs";
import { galleryCommand } from "./gallery.ts";

await run(() => galleryCommand(process.argv.slice(2)));
