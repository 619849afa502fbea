import { expect, test } from "vitest";
import { readJunit } from "./junit.mjs";
import { PASSED, withExitCode } from "./outcome.mjs";

test("pytest's report says how many tests passed, and which failed or did not run, and why", () => {
  const xml = `<?xml version="1.0"?><testsuites><testsuite name="pytest">
    <testcase classname="tests.test_warp" name="test_turns" time="0.1" />
    <testcase classname="tests.test_warp" name="test_talks" time="0.1"><system-out>&lt;failure</system-out></testcase>
    <testcase classname="tests.test_warp" name="test_of[a &gt; &quot;b&quot;]" time="0.1"><failure message="assert 1 == 2&#10;  more">trace</failure></testcase>
    <testcase classname="tests.test_warp" name="test_breaks" time="0.1"><error message="no such fixture">trace</error></testcase>
    <testcase classname="tests.test_warp" name="test_waits" time="0.1"><skipped type="pytest.skip" message="no photos">here</skipped></testcase>
  </testsuite></testsuites>`;
  expect(readJunit(xml)).toEqual({
    passed: 2,
    failed: [
      { name: 'tests.test_warp.test_of[a > "b"]', reason: "assert 1 == 2\n  more" },
      { name: "tests.test_warp.test_breaks", reason: "no such fixture" },
    ],
    skipped: [{ name: "tests.test_warp.test_waits", reason: "no photos" }],
  });
});

test("a runner that goes wrong without a failed test has failed all the same", () => {
  expect(withExitCode("pytest", PASSED, 0)).toEqual(PASSED);
  expect(withExitCode("pytest", PASSED, 2)).toMatchObject({ passed: 1, failed: [{ name: "pytest" }] });
  expect(withExitCode("pytest", undefined, 0)).toMatchObject({ passed: 0, failed: [{ name: "pytest" }] });
});
