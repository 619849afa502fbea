import { dataOf, type Stylegate } from "../../../client/index.ts";
import { listed } from "../../../contract/listed.ts";
import { nearest } from "../../../contract/transform/nearest.ts";
import { misused } from "../../command-line.mjs";

/**
 * The versions of the service's styles: a picture of another one is another picture.
 *
 * @throws Complaint where one of these is none of them
 */
export async function requireStyles(
  names: readonly string[],
  stylegate: Stylegate,
): Promise<Map<string, string>> {
  const { styles } = dataOf(await stylegate.GET("/v1/styles"));
  const versions = new Map(styles.map(({ id, version }) => [id, version]));
  for (const name of names) {
    if (versions.has(name)) continue;
    const ids = [...versions.keys()];
    const meant = nearest(name, ids);
    throw misused(
      `There is no style "${name}"; ${meant ? `did you mean ${meant}?` : `there are: ${listed(ids)}.`}`,
    );
  }
  return versions;
}
