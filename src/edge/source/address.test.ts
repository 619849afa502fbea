import { expect, it } from "vitest";
import { isPublicHost } from "./address.ts";

/** As they may stand in a URL; the URL parser brings them to one notation first, as it does on the way to a fetch. */
const PUBLIC = [
  "example.com",
  "photos.example.co.uk",
  "xn--bcher-kva.example",
  "8.8.8.8",
  "1.1.1.1",
  "172.15.255.255",
  "172.32.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "[2001:4860:4860::8888]",
  "[2606:4700::1111]",
];

const NOT_PUBLIC: [string, string][] = [
  ["loopback", "127.0.0.1"],
  ["loopback", "127.255.255.254"],
  ["decimal", "2130706433"],
  ["hexadecimal", "0x7f000001"],
  ["hexadecimal parts", "0x7f.0x0.0x0.0x1"],
  ["octal", "0177.0.0.1"],
  ["short", "127.1"],
  ["short octal", "0177.1"],
  ["full-width digits", "１２７.0.0.1"],
  ["this network", "0.0.0.0"],
  ["this network", "0"],
  ["this network", "0.1.2.3"],
  ["private", "10.0.0.1"],
  ["private", "172.16.0.1"],
  ["private", "172.31.255.255"],
  ["private", "192.168.1.1"],
  ["shared (CGNAT)", "100.64.0.1"],
  ["shared (CGNAT)", "100.127.255.255"],
  ["link local, cloud metadata", "169.254.169.254"],
  ["cloud metadata, decimal", "2852039166"],
  ["IETF protocols", "192.0.0.1"],
  ["documentation", "192.0.2.1"],
  ["6to4 relay", "192.88.99.1"],
  ["benchmarks", "198.18.0.1"],
  ["documentation", "198.51.100.1"],
  ["documentation", "203.0.113.1"],
  ["multicast", "224.0.0.1"],
  ["reserved", "240.0.0.1"],
  ["broadcast", "255.255.255.255"],
  ["Azure's host", "168.63.129.16"],
  ["IPv6 loopback", "[::1]"],
  ["IPv6 unspecified", "[::]"],
  ["IPv4-mapped", "[::ffff:127.0.0.1]"],
  ["IPv4-mapped public", "[::ffff:8.8.8.8]"],
  ["IPv4-compatible", "[::127.0.0.1]"],
  ["IPv4-translated", "[::ffff:0:127.0.0.1]"],
  ["NAT64", "[64:ff9b::127.0.0.1]"],
  ["NAT64, local", "[64:ff9b:1::127.0.0.1]"],
  ["6to4", "[2002:7f00:1::]"],
  ["Teredo", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]"],
  ["ISATAP", "[2001:470::5efe:7f00:1]"],
  ["ISATAP", "[2001:470::200:5efe:a00:1]"],
  ["unique local", "[fd00::1]"],
  ["unique local, cloud metadata", "[fd00:ec2::254]"],
  ["link local", "[fe80::1]"],
  ["site local", "[fec0::1]"],
  ["multicast", "[ff02::1]"],
  ["discard", "[100::1]"],
  ["documentation", "[2001:db8::1]"],
  ["documentation", "[3fff::1]"],
  ["segment routing", "[5f00::1]"],
  ["not allotted", "[4000::1]"],
  ["localhost", "localhost"],
  ["localhost", "LOCALHOST"],
  ["below localhost", "photos.localhost"],
  ["trailing dot", "localhost."],
  ["trailing dot", "example.com."],
  ["trailing dot", "127.0.0.1."],
  ["single label", "metadata"],
  ["internal", "metadata.google.internal"],
  ["mDNS", "printer.local"],
  ["home network", "nas.home.arpa"],
  ["router's", "nas.lan"],
  ["onion", "example.onion"],
];

const hostOf = (authority: string) => new URL(`http://${authority}/`).hostname;

it.each(PUBLIC)("%s may be public", (authority) => {
  expect(isPublicHost(hostOf(authority))).toBe(true);
});

it.each(NOT_PUBLIC)("%s is not public: %s", (_, authority) => {
  expect(isPublicHost(hostOf(authority))).toBe(false);
});
