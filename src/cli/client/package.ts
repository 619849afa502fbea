import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Complaint } from "../complaint.mjs";
import { ROOT } from "../root.mjs";
import { capture, lastLines } from "../setup/command.mjs";
import { npm } from "../setup/npm.mjs";
import { whenChanged } from "../setup/stamp.mjs";
import { step } from "../terminal.mjs";

/** The package that is published. */
export const CLIENT = join(ROOT, "src/client");
export const SCHEMA = join(CLIENT, "schema.ts");

/** Its tools are its own: openapi-typescript takes TypeScript 5, and the project has 7. */
export async function ensureTools(): Promise<void> {
  const lock = await readFile(join(CLIENT, "package-lock.json"), "utf8");
  await whenChanged(join(CLIENT, "node_modules/.stylegate"), [lock], () =>
    step("Installing the client's tools (once)", async () => {
      const { code, output } = await npm(
        ["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"],
        CLIENT,
      );
      if (code !== 0) throw new Complaint(`npm ci failed:\n${lastLines(output)}`);
    }),
  );
}

/** What openapi-typescript makes of a document. */
export const typesOf = (document: string): Promise<string> => told("generate.mjs", document);

/** What Redocly has to say against a document. */
export const complaintsAbout = (document: string): Promise<string> => told("lint.mjs", document);

async function told(script: string, document: string): Promise<string> {
  const child = spawn(process.execPath, [join(CLIENT, script)], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  child.stdin.end(document);
  const output = await text(child.stdout);
  if ((await ended) !== 0) throw new Complaint(`src/client/${script} could not read the document.`);
  return output;
}

/** Compiles the package into its dist folder. */
export async function build(): Promise<void> {
  await rm(join(CLIENT, "dist"), { recursive: true, force: true });
  const tsc = join(CLIENT, "node_modules/typescript/bin/tsc");
  const { code, output } = await capture(process.execPath, [tsc, "-p", join(CLIENT, "tsconfig.build.json")]);
  if (code !== 0) throw new Complaint(`The client does not compile:\n${lastLines(output)}`);
}
