import ipaddr from "ipaddr.js";

/** Azure's host services answer there, from the middle of public space. */
const PUBLIC_BUT_INTERNAL = ["168.63.129.16"];

/** Names that never lead to the public internet: RFC 6761, 6762, 7686, 8375, ICANN's `internal`, and what routers hand out. */
const LOCAL_SUFFIX =
  /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|private|corp|home|lan|home\.arpa|onion|test|invalid)$/;

/**
 * Whether a URL's hostname may lie on the public internet. Takes what the URL parser makes of it: there, decimal, octal, hexadecimal
 * and short IPv4 notations have become dotted ones, and names are lower-case ASCII.
 *
 * A name may still resolve to a private address, which a Worker cannot see: in production `global_fetch_strictly_public` prevents
 * that, elsewhere the host's firewall must.
 */
export function isPublicHost(hostname: string): boolean {
  if (hostname.startsWith("[")) return isPublicIpv6(hostname.slice(1, -1));
  if (ipaddr.IPv4.isValid(hostname)) return isPublicIpv4(hostname);
  return hostname.includes(".") && !hostname.endsWith(".") && !LOCAL_SUFFIX.test(hostname);
}

/** An address rather than a name, in the URL parser's spelling. */
export const isAddress = (hostname: string) => hostname.startsWith("[") || ipaddr.IPv4.isValid(hostname);

function isPublicIpv4(address: string): boolean {
  return ipaddr.IPv4.parse(address).range() === "unicast" && !PUBLIC_BUT_INTERNAL.includes(address);
}

/**
 * Only 2000::/3 is allotted to the public (IANA), and in it the tunnels (6to4, Teredo), documentation and special blocks are no
 * "unicast" to ipaddr.js. ISATAP hides an IPv4 address under any prefix: its interface identifier is 0:5efe or 200:5efe (RFC 5214).
 */
function isPublicIpv6(address: string): boolean {
  if (!ipaddr.IPv6.isValid(address)) return false;
  const parsed = ipaddr.IPv6.parse(address);
  const [first = 0, , , , fifth = 0, sixth = 0] = parsed.parts;
  const isIsatap = sixth === 0x5efe && (fifth === 0 || fifth === 0x200);
  return first >> 13 === 1 && parsed.range() === "unicast" && !isIsatap;
}
