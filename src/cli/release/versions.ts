import { misused } from "../command-line.mjs";
import { Complaint } from "../complaint.mjs";

/** Where the version stands, and how: the first group is it. What is one release has one version. */
const PLACES: Record<string, RegExp[]> = {
  "package.json": [/^ {2}"version": "([^"]+)"/m],
  "package-lock.json": [/^ {2}"version": "([^"]+)"/m, /^ {6}"version": "([^"]+)"/m],
  "src/client/package.json": [/^ {2}"version": "([^"]+)"/m],
  "src/client/package-lock.json": [/^ {2}"version": "([^"]+)"/m, /^ {6}"version": "([^"]+)"/m],
  "training/pyproject.toml": [/^version = "([^"]+)"/m],
  "training/dctnet/__init__.py": [/^__version__ = "([^"]+)"/m],
  "docs/client.md": [/stylegate-client-(\d\S*)\.tgz/],
  "deploy/helm/stylegate-inference/Chart.yaml": [/^version: (\S+)/m, /^appVersion: "([^"]+)"/m],
};

export const FILES = Object.keys(PLACES);

/** The versions that a file names. */
export const versionsIn = (file: string, text: string): string[] =>
  (PLACES[file] ?? []).map((place) => {
    const version = place.exec(text)?.[1];
    if (!version) throw new Complaint(`${file} has no version where it should.`);
    return version;
  });

/** The file with another version in all of its places. */
export const bumped = (file: string, text: string, version: string): string =>
  (PLACES[file] ?? []).reduce(
    (changed, place) => changed.replace(place, (line, old: string) => line.replace(old, version)),
    text,
  );

const SEMVER = /^(\d+)\.(\d+)\.(\d+)$/;

/**
 * @param isReleased whether there was a release of the current one; else it may be this
 * @throws Complaint where it is no version, or not after the current one
 */
export function requireNext(version: string, current: string, isReleased = true): void {
  const [next, now] = [version, current].map((text) => SEMVER.exec(text)?.slice(1).map(Number));
  if (!next) throw misused(`"${version}" is not a version such as 1.2.3.`);
  if (!now) throw new Complaint(`The files' "${current}" is not a version such as 1.2.3.`);
  const at = next.findIndex((part, index) => part !== now[index]);
  if (at < 0 ? isReleased : (next[at] ?? 0) < (now[at] ?? 0))
    throw misused(`${version} does not come after ${current}.`);
}
