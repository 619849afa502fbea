import { complain, entriesOf, type Parsed } from "../../contract/parsed.ts";
import type { Failure } from "../../contract/problem.ts";
import { isAddress, isPublicHost } from "./address.ts";
import { isBelow, type PathPrefix, parsePrefix } from "./path-prefix.ts";

/** Hosts, and paths there, that pictures may be fetched from. Nothing is allowed that no pattern names. */
export type SourcePolicy = readonly HostPattern[];

/** `port` is as in a URL's text, undefined where the pattern names none: then 80 and 443. An empty `path` is every path. */
type HostPattern =
  | { kind: "any" }
  | { kind: "host" | "subdomains"; host: string; port?: string; path: PathPrefix };

/**
 * Reads comma-separated patterns: `example.com` is that host alone; `*.example.com` every host below it, not itself;
 * `example.com:8443` that port alone; `*` every public host. Addresses are hosts: `127.0.0.1:9000`, `[::1]`. After a host, a path admits what
 * is at or below it: `example.com/photos`.
 */
export function parseSourcePolicy(text: string): Parsed<SourcePolicy> {
  const policy: HostPattern[] = [];
  for (const entry of entriesOf(text, ",")) {
    const pattern = parsePattern(entry);
    if (!pattern) {
      return complain(
        `"${entry}" is no host pattern; write example.com, *.example.com, host:port, host/path or *`,
      );
    }
    policy.push(pattern);
  }
  return { ok: true, value: policy };
}

/** How much of the internet a policy admits, for whoever must not be told the hosts. */
export function breadth(policy: SourcePolicy): "none" | "listed" | "any" {
  if (policy.some(({ kind }) => kind === "any")) return "any";
  return policy.length > 0 ? "listed" : "none";
}

/** Whether the policy lets a URL be fetched. Every redirect must be asked about again. */
export function checkSource(url: URL, policy: SourcePolicy): { ok: true } | Failure {
  if (isAdmitted(url, policy)) return { ok: true };
  return {
    ok: false,
    code: "source_not_allowed",
    detail: `Pictures from ${url.host.slice(0, 100)} are not allowed here: ${whySource(url, policy)}.`,
  };
}

/** Whether a policy admits a URL. */
export const isAdmitted = (url: URL, policy: SourcePolicy): boolean =>
  policy.some((pattern) => admits(pattern, url));

/** Whether the policy names the URL's place itself, rather than every public host. */
export const isNamed = (url: URL, policy: SourcePolicy): boolean =>
  policy.some((pattern) => pattern.kind !== "any" && admits(pattern, url));

/** Whether the policy names the URL's host, or one above it, together with the port. */
export const isNamedWithPort = (url: URL, policy: SourcePolicy): boolean =>
  policy.some((pattern) => pattern.kind !== "any" && pattern.port !== undefined && admits(pattern, url));

function whySource(url: URL, policy: SourcePolicy): string {
  if (policy.length === 0) return "ALLOWED_SOURCES names no host, so that pictures can only be uploaded";
  return whyNot(url, policy, "ALLOWED_SOURCES");
}

/**
 * Why a policy does not admit a URL: the same for every host that a list lacks, so that nobody learns the list's hosts from it.
 *
 * @param list what the policy is called
 */
export function whyNot(url: URL, policy: SourcePolicy, list: string): string {
  const what = isAddress(url.hostname) ? "a private or reserved address" : "a local name";
  if (!isPublicHost(url.hostname)) return `it is ${what}, and ${list} does not name it`;
  if (breadth(policy) === "any") return `its port is neither 80 nor 443, and ${list} does not name it`;
  return `${list} does not name it`;
}

function parsePattern(entry: string): HostPattern | undefined {
  if (entry === "*") return { kind: "any" };
  const isWild = entry.startsWith("*.");
  const text = isWild ? entry.slice(2) : entry;
  const [, authority = "", pathname = ""] = /^([^/]*)(.*)$/.exec(text) ?? [];
  if (/[?#@*\s\\]/.test(text) || authority.includes("%")) return undefined;
  const url = URL.parse(`http://${authority}${pathname}`);
  if (!url || url.hostname === "" || url.hostname.endsWith(".")) return undefined;
  if (isWild && isAddress(url.hostname)) return undefined; // `*.0.1` would be read as an address
  const path = parsePrefix(pathname) && parsePrefix(url.pathname); // the URL's has its dots resolved, and is encoded
  if (!path) return undefined;
  const named = /:(\d+)$/.exec(authority)?.[1];
  const port = named === undefined ? {} : { port: String(Number(named)) };
  return { kind: isWild ? "subdomains" : "host", host: url.hostname, ...port, path };
}

function admits(pattern: HostPattern, url: URL): boolean {
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const isUsualPort = port === "80" || port === "443";
  if (pattern.kind === "any") return isUsualPort && isPublicHost(url.hostname);
  const isPort = pattern.port === undefined ? isUsualPort : port === pattern.port;
  const isSubdomain = url.hostname.endsWith(`.${pattern.host}`) && !url.hostname.startsWith(".");
  const isHost = pattern.kind === "host" ? url.hostname === pattern.host : isSubdomain;
  return isPort && isHost && isBelow(url.pathname, pattern.path);
}

/** A key's own list, one pattern each. It was checked when the key was made: what cannot be read any more admits nothing. */
export function policyOf(patterns: readonly string[] | undefined): SourcePolicy | undefined {
  if (patterns === undefined) return undefined;
  const parsed = parseSourcePolicy(patterns.join(","));
  return parsed.ok ? parsed.value : [];
}
