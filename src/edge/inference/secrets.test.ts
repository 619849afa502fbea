import { expect, it } from "vitest";
import { withoutSecrets } from "./secrets.ts";

it.each<[string, Record<string, string>, string, string]>([
  ["a value", { "endpoint-key": "5f2b9cd0" }, "no 5f2b9cd0 here, 5f2b9cd0", "no … here, …"],
  [
    "what follows the scheme",
    { authorization: "Bearer 5f2b9cd0" },
    "token 5f2b9cd0 expired",
    "token … expired",
  ],
  ["both at once", { authorization: "Bearer 5f2b9cd0" }, "Bearer 5f2b9cd0", "…"],
  ["its JSON", { "endpoint-key": 'a"b\\c-d' }, String.raw`{"error": "a\"b\\c-d"}`, '{"error": "…"}'],
  [
    "the JSON of its JSON",
    { "endpoint-key": 'a"b\\c-d' },
    JSON.stringify(JSON.stringify({ error: 'a"b\\c-d' })),
    String.raw`"{\"error\":\"…\"}"`,
  ],
  ["the longer of two first", { a: "secret", b: "secret-more" }, "secret-more", "…"],
  ["all of a value with $&", { a: "$&$&$&" }, "x $&$&$& y", "x … y"],
])("a text loses %s", (_, headers, text, left) => {
  expect(withoutSecrets(text, headers)).toBe(left);
});

it.each<[string, Record<string, string>]>([
  ["a value of five characters", { "endpoint-key": "draws" }],
  ["a scheme", { authorization: "Bearer x" }],
  ["nothing", {}],
])("but not %s", (_, headers) => {
  const text = "Bearer of what draws";
  expect(withoutSecrets(text, headers)).toBe(text);
});
