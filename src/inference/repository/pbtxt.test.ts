import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError, parsePbtxt, type Value } from "./pbtxt.ts";

const plain = (value: Value): unknown =>
  value instanceof Map
    ? Object.fromEntries([...value].map(([name, values]) => [name, values.map(plain)]))
    : value;
const parse = (text: string): unknown => plain(parsePbtxt(text));

describe("protobuf's text format", () => {
  it.each([
    ["a number", "a: 1", { a: [1] }],
    ["a negative number", "a: -1", { a: [-1] }],
    ["an exponent", "a: 1.5e3", { a: [1500] }],
    ["hexadecimal", "a: 0x10", { a: [16] }],
    ["text", 'a: "x"', { a: ["x"] }],
    ["text in single quotes", "a: 'x\"'", { a: ['x"'] }],
    ["escapes", String.raw`a: "\"\\\n"`, { a: ['"\\\n'] }],
    ["text in parts", 'a: "x" "y"', { a: ["xy"] }],
    ["a hash in text", 'a: "#1" # a comment', { a: ["#1"] }],
    ["a word", "a: TYPE_UINT8", { a: [{ word: "TYPE_UINT8" }] }],
    ["a message", "a { b: 1 }", { a: [{ b: [1] }] }],
    ["a message after a colon", "a: { b: 1 }", { a: [{ b: [1] }] }],
    ["a message in angles", "a < b: 1 >", { a: [{ b: [1] }] }],
    ["a list", "a: [ 1, -1 ]", { a: [1, -1] }],
    ["a list of messages without a colon", "a [ { b: 1 }, { b: 2 } ]", { a: [{ b: [1] }, { b: [2] }] }],
    ["an empty list", "a: []", { a: [] }],
    ["a repeated field", "a: 1 a: 2", { a: [1, 2] }],
    ["separators", "a: 1, b: 2; c: 3", { a: [1], b: [2], c: [3] }],
    ["nothing", " # only a comment", {}],
  ])("has %s", (_, text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it.each([
    ["a: ", "line 1: unexpected end of file"],
    ["a { b: 1", "line 1: unexpected end of file"],
    ["a: 1 }", 'line 1: unexpected "}"'],
    ["\n\na 1", 'line 3: unexpected "1"'],
    ["# one\na: [ 1 2 ]", 'line 2: unexpected "2"'],
    ['a: "open', 'line 1: unexpected """'],
    ["a: @", 'line 1: unexpected "@"'],
    ["a {".repeat(100), "line 1: nested too deep"],
  ])("refuses %j and says where", (text, message) => {
    expect(() => parse(text)).toThrowError(new ConfigError(message));
  });

  it("throws nothing but a ConfigError, whatever the text", () => {
    const tokens = fc.array(
      fc.constantFrom("a", ":", "{", "}", "[", "]", "<", ",", "1", "-", '"x"', "\n", "#", "'"),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          tokens.map((all) => all.join(" ")),
        ),
        (text) => {
          try {
            parsePbtxt(text);
          } catch (error) {
            expect(error).toBeInstanceOf(ConfigError);
          }
        },
      ),
    );
  });
});
