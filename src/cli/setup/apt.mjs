import { readFile } from "node:fs/promises";
import { capture } from "./command.mjs";

/** The command that may install packages, on Debian and with the rights for it. */
export async function aptGet() {
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  if (!/^ID=debian$/m.test(release)) return undefined;
  const quietly = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
  if (process.getuid?.() === 0) return quietly;
  return (await capture("sudo", ["-n", "true"])).code === 0 ? ["sudo", "-n", ...quietly] : undefined;
}
