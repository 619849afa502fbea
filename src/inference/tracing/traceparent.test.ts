import { expect, it } from "vitest";
import { parseTraceParent } from "./traceparent.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

// The examples of W3C Trace Context, level 1, 3.2 and appendix.
it.each([
  [`00-${TRACE}-${PARENT}-01`, true],
  [`00-${TRACE}-${PARENT}-00`, false],
  [`00-${TRACE}-${PARENT}-03`, true],
  [`cc-${TRACE}-${PARENT}-01`, true],
  [`cc-${TRACE}-${PARENT}-01-what-the-future-will-be-like`, true],
])("reads %s", (header, sampled) => {
  expect(parseTraceParent(header)).toEqual({ traceId: TRACE, parentId: PARENT, sampled });
});

it.each([
  undefined,
  "",
  `ff-${TRACE}-${PARENT}-01`,
  `00-${TRACE}-${PARENT}-01-more`,
  `cc-${TRACE}-${PARENT}-01.what`,
  `00-${TRACE.toUpperCase()}-${PARENT}-01`,
  `00-${"0".repeat(32)}-${PARENT}-01`,
  `00-${TRACE}-${"0".repeat(16)}-01`,
  `00-${TRACE.slice(1)}-${PARENT}-01`,
  `00-${TRACE}-${PARENT}-1`,
  `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`,
])("ignores %s", (header) => {
  expect(parseTraceParent(header)).toBeNull();
});
