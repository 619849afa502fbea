import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StylizationRequest } from "../../contract/api/stylizations.ts";
import type { ProblemCode } from "../../contract/problem.ts";
import * as course from "./course.ts";
import { isWorthTrying, MOST_LOSSES, pauseAfter } from "./retries.ts";
import { countedOf, dueOf, isOver, type JobRequest, type JobState, madeOf, type Picture } from "./state.ts";

const HOUR = 3_600_000;

function asked(outputs = 2): JobRequest {
  const { source, outputs: some } = StylizationRequest.parse({
    source: "https://photos.example.com/png",
    outputs: Array.from({ length: outputs }, (_, i) => ({ style: "toon", width: 100 + i })),
  });
  return {
    ...{
      id: "i".repeat(22),
      hasIdempotencyKey: false,
      fingerprint: "f",
      owner: "key_a",
      source,
      outputs: some,
    },
    terms: { ttl: 24 * HOUR, deadline: HOUR, wait: 0 },
  };
}

const picture = (id: string): Picture => ({
  id,
  contentType: "image/jpeg",
  bytes: 1,
  sha256: "0".repeat(64),
});
const begun = (outputs = 2): JobState => ({ ...course.begun(asked(outputs), "work", 0), isAccepted: true });
const trouble = (code: ProblemCode, retryAfter?: number) => ({ code, detail: "No.", retryAfter });

describe("a stylization", () => {
  it("succeeds once all its outputs have", () => {
    let job = course.claimed(begun(), "t", 1);
    job = course.succeeded(course.drawing(job, 0, "one", 2), 0, picture("one"), 3);
    expect([job.status, dueOf(job), job.finishedAt]).toEqual(["running", [1], undefined]);
    job = course.succeeded(course.drawing(job, 1, "two", 4), 1, picture("two"), 5);
    expect([job.status, dueOf(job), job.finishedAt, madeOf(job)]).toEqual(["succeeded", [], 5, 2]);
    expect([job.lease, job.spare]).toEqual([undefined, []]);
  });

  it("has failed where one of them has, and keeps the others", () => {
    let job = course.claimed(begun(), "t", 1);
    job = course.failed(course.drawing(job, 0, "one", 2), 0, trouble("corrupt_picture"), 3, 0);
    expect([job.status, job.lease?.ticket]).toEqual(["running", "t"]); // whoever draws goes on with the next one
    job = course.succeeded(course.drawing(job, 1, "two", 4), 1, picture("two"), 5);
    expect([job.status, madeOf(job), job.outputs[0]?.trouble?.code]).toEqual([
      "failed",
      1,
      "corrupt_picture",
    ]);
    expect(job.spare).toEqual(["one"]); // may have been stored, and is nobody's
  });

  it("is claimed by one at a time, until the lease has run out", () => {
    const job = course.claimed(begun(), "t", 1000);
    expect(course.isClaimable(begun(), 0)).toBe(true);
    expect(course.isClaimable(job, 1000 + course.LEASE_TIME - 1)).toBe(false);
    expect(course.isClaimable(job, 1000 + course.LEASE_TIME)).toBe(true);
    const renewed = course.renewed(job, 10_000);
    expect(course.isClaimable(renewed, 10_000 + course.LEASE_TIME - 1)).toBe(false);
    expect(course.isHeld(renewed, "t")).toBe(true);
    expect(course.isHeld(course.claimed(renewed, "other", 50_000), "t")).toBe(false);
    expect(course.isClaimable(course.canceled(renewed, 1), HOUR)).toBe(false);
    expect(course.isClaimable({ ...begun(), isAccepted: false }, 0)).toBe(false);
  });

  it("pauses after trouble that passes, and has its watchdog wake the queue then", () => {
    const job = course.failed(
      course.claimed(begun(), "t", 0),
      0,
      trouble("inference_unavailable"),
      1000,
      0.5,
    );
    expect([job.status, job.outputs[0]?.status, job.lease]).toEqual(["running", "queued", undefined]);
    expect([job.notBefore, course.nextTime(job)]).toEqual([3000, 3000]);
    expect([course.isClaimable(job, 2999), course.isClaimable(job, 3000)]).toEqual([false, true]);
  });

  it("is not tried again beyond its deadline, but for who is at it", () => {
    const late = course.failed(
      course.claimed(begun(1), "t", 0),
      0,
      trouble("inference_unavailable", 600),
      HOUR - 1000,
      0,
    );
    expect(late.notBefore).toBe(HOUR);
    expect(course.overdue(late, HOUR).outputs[0]).toMatchObject({
      status: "failed",
      trouble: { code: "inference_unavailable" },
    });
    expect(course.failed(late, 0, trouble("inference_timeout"), HOUR, 0).status).toBe("failed");
    expect(course.overdue(begun(), HOUR)).toMatchObject({ status: "failed", finishedAt: HOUR });
    expect(course.nextTime(course.claimed(begun(), "t", HOUR - 1))).toBe(HOUR - 1 + course.LEASE_TIME);
  });

  it("has its deadline from the first try on, however long that was waited for", () => {
    const waited = course.claimed(begun(1), "t", 5 * HOUR);
    const tried = (now: number) => course.failed(waited, 0, trouble("inference_unavailable"), now, 0).status;
    expect([tried(5 * HOUR), tried(6 * HOUR - 1), tried(6 * HOUR)]).toEqual(["running", "running", "failed"]);
    const again = course.claimed(course.lost(waited, 5 * HOUR), "t", 5.5 * HOUR);
    expect(course.deadlineOf(again)).toBe(6 * HOUR);
  });

  it("waits for a day and its deadline, and not beyond its time", () => {
    expect(course.endOf({ ...begun(), expiresAt: 48 * HOUR })).toBe(25 * HOUR);
    expect(course.endOf({ ...begun(), expiresAt: 2 * HOUR })).toBe(2 * HOUR);
    const woken = { ...begun(), wakeAt: 47 * HOUR, expiresAt: 48 * HOUR };
    expect(course.nextTime(woken)).toBe(25 * HOUR);
  });

  it("that kills whoever draws it fails in the end, that output alone", () => {
    let job = begun();
    for (let loss = 1; loss <= MOST_LOSSES; loss++) {
      expect(job.outputs[0]?.status).toBe("queued");
      job = course.lost(course.drawing(course.claimed(job, "t", 0), 0, `p${loss}`, 0), 0);
    }
    expect(job.outputs.map(({ status }) => status)).toEqual(["failed", "queued"]);
    expect(job.spare).toHaveLength(MOST_LOSSES);
    expect(course.isClaimable(job, 0)).toBe(true);
  });

  it("whose drawer dies between two outputs keeps the first", () => {
    const drawn = course.drawing(course.claimed(begun(), "t", 0), 0, "one", 0);
    const job = course.lost(course.succeeded(drawn, 0, picture("one"), 0), course.LEASE_TIME);
    expect(job.outputs.map(({ status, losses }) => [status, losses])).toEqual([
      ["succeeded", 0],
      ["queued", 1],
    ]);
  });

  it("that is canceled keeps what is made, and nothing more is due", () => {
    let job = course.claimed(begun(), "t", 1);
    job = course.canceled(course.succeeded(job, 0, picture("one"), 2), 3);
    expect([job.status, job.outputs.map(({ status }) => status), dueOf(job)]).toEqual([
      "canceled",
      ["succeeded", "canceled"],
      [],
    ]);
    expect(course.isHeld(job, "t")).toBe(false);
  });

  it("that is canceled counts what the network was asked for, and nothing else", () => {
    const counted = (job: JobState) => countedOf(course.canceled(job, 9));
    const drawing = course.drawing(course.claimed(begun(), "t", 0), 0, "one", 0);
    expect(counted(begun())).toBe(0);
    expect(counted(drawing)).toBe(0); // the source is being fetched
    const asking = course.pinned(drawing, "a");
    expect(counted(asking)).toBe(1);
    expect(counted(course.failed(asking, 0, trouble("inference_unavailable"), 1, 0))).toBe(0);
    expect(counted(course.lost(asking, 1))).toBe(0);
    const made = course.succeeded(asking, 0, picture("one"), 1);
    expect(counted(made)).toBe(1);
    expect(counted(course.drawing(made, 1, "two", 2))).toBe(1);
    expect(counted(course.pinned(course.drawing(made, 1, "two", 2), "a"))).toBe(2);
    expect(madeOf(course.canceled(asking, 9))).toBe(0);
  });

  it("tells the queue again of what nobody claims, less and less often", () => {
    let [job, now] = [begun(), 0];
    const pauses: number[] = [];
    for (let time = 0; time < 7; time++) {
      job = course.woken(job, now);
      pauses.push((course.nextTime(job) - now) / 1000);
      now = course.nextTime(job);
    }
    expect(pauses).toEqual([30, 60, 120, 240, 480, 600, 600]);
    expect(course.claimed(job, "t", now).wakes).toBe(0);
  });

  it("ends, and stays as it ended, whatever happens in whatever order", () => {
    const codes = ["inference_unavailable", "source_timeout", "internal", "corrupt_picture"] as const;
    const happening = fc.record({
      what: fc.constantFrom("claim", "draw", "succeed", "fail", "lose", "wake", "pass"),
      index: fc.nat(2),
      code: fc.constantFrom(...codes),
      seconds: fc.nat(300),
    });
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 200 }), (story) => {
        let [job, now] = [begun(3), 0];
        for (const { what, index, code, seconds } of story) {
          now += seconds * 1000;
          const before = job;
          const holds = course.isHeld(job, "t") && dueOf(job).includes(index);
          if (what === "claim" && course.isClaimable(job, now))
            job = course.claimed(job.lease ? course.lost(job, now) : job, "t", now);
          if (what === "draw" && holds) job = course.drawing(job, index, `p${now}`, now);
          if (what === "succeed" && holds) job = course.succeeded(job, index, picture(`p${now}`), now);
          if (what === "fail" && holds) job = course.failed(job, index, trouble(code), now, 0.5);
          if (what === "lose" && job.lease && !course.isLeased(job, now)) job = course.lost(job, now);
          if (what === "wake" && !isOver(job)) job = course.woken(job, now);
          if (!isOver(job) && !job.lease && now >= course.endOf(job)) job = course.overdue(job, now);
          expect(job.outputs.length).toBe(3);
          expect(isOver(job)).toBe(dueOf(job).length === 0);
          if (isOver(job)) expect(job.lease).toBeUndefined();
          expect(madeOf(job)).toBeGreaterThanOrEqual(madeOf(before)); // what is made is never taken back
          expect(course.nextTime(job)).toBeLessThanOrEqual(Math.max(job.expiresAt, job.lease?.until ?? 0)); // no job is forgotten
        }
      }),
    );
  });
});

describe("retries", () => {
  it.each([
    ["inference_unavailable", 1e6],
    ["storage_unavailable", 1e6],
    ["source_unreachable", 7],
    ["source_status", 7],
    ["internal", 2],
    ["inference_failed", 2],
    ["corrupt_picture", 0],
    ["picture_refused", 0],
    ["source_changed", 0],
    ["upload_not_found", 0],
  ] as const)("%s is tried again %d times", (code, times) => {
    expect(isWorthTrying(trouble(code), Math.max(1, times))).toBe(times > 0);
    expect(isWorthTrying(trouble(code), times + 1)).toBe(times === 1e6); // those until the deadline
  });

  it("doubles its pauses up to five minutes, scattered, and heeds Retry-After", () => {
    const pauses = (random: number) =>
      [1, 2, 3, 4, 8, 20].map((attempts) => pauseAfter(trouble("overloaded"), attempts, random) / 1000);
    expect(pauses(0.5)).toEqual([2, 4, 8, 16, 256, 300]);
    expect(pauses(0)).toEqual([1.5, 3, 6, 12, 192, 225]);
    expect(pauses(1)).toEqual([2.5, 5, 10, 20, 320, 375]);
    expect(pauseAfter(trouble("overloaded", 60), 1, 0)).toBe(60_000);
  });
});
