import { spawn } from "node:child_process";
import { cp, mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join, matchesGlob, posix, relative } from "node:path";
import { type Copy, DockerfileParser, type From, type Instruction } from "dockerfile-ast";

/** What is known of an image that was built without Docker: its own files, and how a container of it starts. */
export type Image = {
  /** Where its files lie; those of the image it is from are not there. */
  root: string;
  from: string;
  env: Record<string, string>;
  workdir: string;
  command: string[];
  healthcheck: string[];
  user: string;
};

/** A stage while it is built. `environment` has its ARGs, too. */
type Stage = Image & { environment: Record<string, string> };

/**
 * Follows a Dockerfile's steps into folders below `out`, where no Docker engine is: stages, COPY with the rules of its `.dockerignore`, ENV, ARG, and the RUN of
 * Node alone. What is run in images that are not Node's is skipped: their programs are not here.
 *
 * @param install what stands for `npm ci`, in the stage's folder
 */
export async function build(
  dockerfile: string,
  context: string,
  out: string,
  install: (folder: string) => Promise<void>,
): Promise<Image> {
  const ignored = ignores(await readFile(`${dockerfile}.dockerignore`, "utf8"));
  const parsed = DockerfileParser.parse(await readFile(dockerfile, "utf8"));
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  for (const instruction of parsed.getInstructions()) {
    if (instruction.getKeyword() === "FROM") {
      const from = instruction as From;
      const name = from.getBuildStage() ?? "";
      stage = emptyStage(join(out, `stage-${stages.size}`), from.getImage() ?? "");
      await mkdir(stage.root, { recursive: true });
      stages.set(name, stage);
    } else if (stage) await follow(instruction, stage, { stages, context, ignored, install });
  }
  if (!stage) throw new Error(`${dockerfile} has no stage`);
  return stage;
}

const emptyStage = (root: string, from: string): Stage => ({
  root,
  from,
  env: {},
  environment: {},
  workdir: "/",
  command: [],
  healthcheck: [],
  user: "root",
});

type Building = {
  stages: Map<string, Stage>;
  context: string;
  ignored: (path: string) => boolean;
  install: (folder: string) => Promise<void>;
};

async function follow(instruction: Instruction, stage: Stage, building: Building): Promise<void> {
  const words = instruction.getArguments().map((argument) => argument.getValue() ?? "");
  const text = instruction.getArgumentsContent() ?? "";
  switch (instruction.getKeyword()) {
    case "WORKDIR":
      stage.workdir = posix.resolve(stage.workdir, text);
      await mkdir(join(stage.root, stage.workdir), { recursive: true });
      break;
    case "ENV":
    case "ARG":
      for (const word of words) {
        const [name = "", value = ""] = word.split(/=(.*)/s);
        stage.environment[name] = value;
        if (instruction.getKeyword() === "ENV") stage.env[name] = value;
      }
      break;
    case "COPY":
      await copy(instruction as Copy, words, stage, building);
      break;
    case "RUN":
      if (stage.from.startsWith("node:")) await run(text, stage, building);
      break;
    case "USER":
      stage.user = text;
      break;
    case "CMD":
      stage.command = JSON.parse(text);
      break;
    case "HEALTHCHECK":
      stage.healthcheck = JSON.parse(text.slice(text.indexOf("[")));
      break;
    case "EXPOSE":
    case "VOLUME":
      break;
    default:
      throw new Error(`${instruction.getKeyword()} is not known here`);
  }
}

async function copy(instruction: Copy, words: string[], stage: Stage, building: Building): Promise<void> {
  const flag = instruction.getFromFlag()?.getValue() ?? undefined;
  const sources = words.slice(0, -1);
  const last = words.at(-1) ?? "";
  const target = join(stage.root, posix.resolve(stage.workdir, last));
  for (const source of sources) {
    const base = flag === undefined ? building.context : building.stages.get(flag)?.root;
    if (base === undefined) throw new Error(`there is no stage ${flag}`);
    const path = join(base, source);
    // A folder's content is copied, not the folder; a file lands in what ends in a slash.
    const to =
      (await isDirectory(path)) || !(last.endsWith("/") || sources.length > 1)
        ? target
        : join(target, posix.basename(source));
    await mkdir(dirname(to), { recursive: true });
    await cp(path, to, {
      recursive: true,
      filter: async (file) => {
        if (flag !== undefined) return true;
        const name = relative(building.context, file);
        // A folder above something that is not ignored is entered.
        return !building.ignored(name) || (await isDirectory(file));
      },
    });
  }
}

const isDirectory = (path: string) =>
  readdir(path).then(
    () => true,
    () => false,
  );

async function run(command: string, stage: Stage, { install }: Building): Promise<void> {
  const folder = join(stage.root, stage.workdir);
  if (command.startsWith("npm ci ")) return install(folder);
  if (!command.startsWith("node ")) throw new Error(`"${command}" is not run here`);
  const env = { ...stage.environment, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
  const child = spawn("sh", ["-c", command], { cwd: folder, env, stdio: ["ignore", "ignore", "inherit"] });
  const code = await new Promise((resolve) => child.on("exit", resolve));
  if (code !== 0) throw new Error(`"${command}" ended with ${code}`);
}

/** Whether a path of the context is left out: the last rule that matches it, or a folder above it, decides. */
function ignores(rules: string): (path: string) => boolean {
  const patterns = rules
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => ({ keeps: line.startsWith("!"), pattern: line.replace(/^!/, "") }));
  return (path) => {
    const parts = path.split("/");
    const above = parts.map((_, at) => parts.slice(0, at + 1).join("/"));
    const last = patterns.findLast(({ pattern }) => above.some((name) => matchesGlob(name, pattern)));
    return path !== "" && last !== undefined && !last.keeps;
  };
}
