import type { Unstable_Config } from "wrangler";

/** The part of wrangler's configuration that says whether the Worker can work. */
export type Deployed = Pick<
  Unstable_Config,
  "vars" | "r2_buckets" | "queues" | "durable_objects" | "services" | "triggers" | "route" | "routes"
>;

/** What the person at the terminal has said. */
export type Said = {
  /** Variables that are not wrangler.toml's. */
  overridden: Record<string, string | undefined>;
  isOpen: boolean;
  isEdgeOnly: boolean;
  env: string | undefined;
  /** Routes instead of the file's, and domains beside them. */
  routes: readonly string[] | undefined;
  domains: readonly string[];
};

/** Without `problems`, the Worker can be deployed; a sentence each. */
export type Checked = { problems: string[]; warnings: string[] };

/** The bucket of what is drawn. */
export const picturesOf = ({ r2_buckets }: Deployed) =>
  r2_buckets.find(({ binding }) => binding === "PICTURES")?.bucket_name;
