/**
 * Whether a name or an address leads to the machine itself. Takes what the URL parser makes of it: other notations of 127.0.0.1 have become that. RFC 6761 keeps
 * `localhost` and all below it from the network.
 */
export const isLoopback = (hostname: string): boolean =>
  /^(?:.+\.)?localhost$|^127(?:\.\d{1,3}){3}$|^\[::1\]$/.test(hostname);

/** The same of an address as proxies write it: IPv6 without brackets, and IPv4 as a part of it. */
export const isOwnAddress = (address: string): boolean =>
  /^(?:::ffff:)?127(?:\.\d{1,3}){3}$|^::1$/.test(address);
