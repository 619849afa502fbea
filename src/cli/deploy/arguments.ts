import { misused, readCommandLine } from "../command-line.mjs";

/** What the command line asks for. `engine` and `worker` are what wrangler is told of each besides its file. */
export type Asked = {
  isHelp: boolean;
  isOpen: boolean;
  isEdgeOnly: boolean;
  isDry: boolean;
  env: string | undefined;
  /** Variables instead of the file's. */
  overridden: Record<string, string>;
  /** Instead of the file's, where there are any, and beside those. */
  routes: string[] | undefined;
  domains: string[];
  engine: string[];
  worker: string[];
};

export const USAGE = `Checks wrangler.toml, then deploys the edge engine and the Worker.

  npm run deploy -- [flag…]

  --open        AUTH is "open" on purpose: anybody may draw, delete and erase
  --edge-only   no endpoint is meant to be there: the edge engine draws alone
  --env NAME    what [env.NAME] of wrangler.toml says; the edge engine, which
                has no environments, is then left as it is
  --dry-run     says what is wrong, bundles both, and deploys nothing

Of wrangler deploy's flags, for the Worker alone, since the engine asks nobody
for a key and is to have no address:

  --var NAME:VALUE, --name, --route, --domain

and for both: --tag, --message, --minify, --strict. With others, of which this
could not tell what they do, deploy each: npm run wrangler -- deploy.
docs/production.md walks through it.
`;

const text = { type: "string" } as const;
const texts = { type: "string", multiple: true } as const;
const flag = { type: "boolean" } as const;
const OURS = { open: flag, "edge-only": flag, env: { ...text, short: "e" } } as const;
const FOR_BOTH = { "dry-run": flag, tag: text, message: text, minify: flag, strict: flag } as const;
const FOR_THE_WORKER = { var: texts, name: text, route: texts, domain: texts } as const;

/**
 * Wrangler is told what was understood here and nothing else: it reads a command line in other ways, takes all words after `--var` for variables and
 * `--dry-run false` for none.
 *
 * @param env of the process
 * @throws Complaint
 */
export function readArguments(args: string[], { CLOUDFLARE_ENV }: Record<string, string | undefined>): Asked {
  const options = { ...OURS, ...FOR_BOTH, ...FOR_THE_WORKER };
  const { values } = readCommandLine(args, { usage: USAGE, options, unknown });
  const env = (values.env ?? CLOUDFLARE_ENV)?.trim() || undefined;
  const pick = (names: object) =>
    Object.entries(values).flatMap(([name, given]) => (name in names ? spelled(name, given) : []));
  // Always, since else wrangler would look for it in the environment and in files; an empty one is that of no name.
  const common = [`--env=${env ?? ""}`, ...pick(FOR_BOTH)];
  return {
    isHelp: values.help === true,
    isOpen: values.open === true,
    isEdgeOnly: values["edge-only"] === true,
    isDry: values["dry-run"] === true,
    env,
    overridden: Object.fromEntries((values.var ?? []).map(variable)),
    routes: values.route,
    domains: values.domain ?? [],
    engine: common,
    worker: [...common, ...pick(FOR_THE_WORKER)],
  };
}

const spelled = (name: string, given: unknown): string[] =>
  [given].flat().map((value) => (value === true ? `--${name}` : `--${name}=${value}`));

/** With nothing around the name: wrangler takes quotes away from around the whole. */
function variable(pair: string): [name: string, value: string] {
  const [, name, value] = /^(\w+):(.*)$/s.exec(pair) ?? [];
  if (name === undefined || value === undefined) throw misused(`--var takes NAME:VALUE, not "${pair}".`);
  return [name, value];
}

const unknown = (given: string) =>
  `There is no ${given} here: --help says which flags there are, and npm run wrangler -- deploy takes all of wrangler's.`;
