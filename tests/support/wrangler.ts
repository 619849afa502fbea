import { fileURLToPath } from "node:url";
import { unstable_readConfig } from "wrangler";

/** wrangler.toml as wrangler reads it, its variables being text. */
export function readWranglerConfig() {
  const config = unstable_readConfig({
    config: fileURLToPath(new URL("../../wrangler.toml", import.meta.url)),
  });
  const vars = Object.entries(config.vars).map(([name, value]) => [name, String(value)]);
  return { ...config, vars: Object.fromEntries(vars) as Record<string, string> };
}
