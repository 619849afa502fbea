import { misused } from "../command-line.mjs";
import { Complaint } from "../complaint.mjs";

/** A version's part of CHANGELOG.md, in the order of the file: https://keepachangelog.com/en/1.1.0/ */
export type Section = { version: string; date: string | undefined; body: string };

const HEADING = /^## \[(?<version>[^\]]+)\](?: - (?<date>\d{4}-\d{2}-\d{2}))?$/;
const KINDS = new Set(["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]);

/** @throws Complaint where the file is not in the form that it names */
export function readChangelog(text: string): Section[] {
  const sections: Section[] = [];
  for (const [at, line] of text.split("\n").entries()) {
    const where = `CHANGELOG.md, line ${at + 1}`;
    const last = sections.at(-1);
    if (line.startsWith("## ")) {
      const { version, date } = HEADING.exec(line)?.groups ?? {};
      if (!version) throw new Complaint(`${where}: "${line}" is not "## [1.2.3] - 2026-01-31".`);
      if ((version === "Unreleased") !== (date === undefined))
        throw new Complaint(`${where}: a version has a date, and what is unreleased has none.`);
      if (sections.some((section) => section.version === version))
        throw new Complaint(`${where}: ${version} is there twice.`);
      sections.push({ version, date, body: "" });
    } else if (last) {
      if (line.startsWith("### ") && !KINDS.has(line.slice(4)))
        throw new Complaint(`${where}: "${line.slice(4)}" is none of ${[...KINDS].join(", ")}.`);
      last.body += `${line}\n`;
    }
  }
  if (sections[0]?.version !== "Unreleased")
    throw new Complaint('CHANGELOG.md has no "## [Unreleased]" before all versions.');
  return sections.map((section) => ({ ...section, body: section.body.trim() }));
}

/**
 * What a release's page says.
 *
 * @param files the URL of the version's files, with a slash at its end, which links within the repository then begin with: a page is elsewhere
 */
export function notesOf(text: string, version: string, files = ""): string {
  const section = readChangelog(text).find((section) => section.version === version);
  if (!section) throw misused(`CHANGELOG.md tells of no ${version}.`);
  return section.body.replace(/\]\((?!\w+:|#)/g, `](${files}`);
}

/** What was unreleased is this version's now. */
export function released(text: string, version: string, date: string): string {
  const [unreleased] = readChangelog(text);
  if (!unreleased?.body) throw new Complaint("CHANGELOG.md has nothing under [Unreleased].");
  return text.replace("## [Unreleased]\n", `## [Unreleased]\n\n## [${version}] - ${date}\n`);
}
