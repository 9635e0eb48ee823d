import { describe, expect, it } from "vitest";
import { describePipelineChange } from "./describePipelineChange.ts";
import { formatSetBytes } from "./formatSetBytes.ts";
import { pipelineSettingsSchema } from "./pipelineSettings.ts";

const settings = (input: unknown) => pipelineSettingsSchema.parse(input);

describe("what changes between two sets of pipeline settings", () => {
  it("says nothing of equal ones", () => expect(describePipelineChange(settings({}), settings({ queue: {} }))).toEqual([]));

  it("says each change in its unit, in the order of the form", () => {
    const after = settings({
      receive: { requestBytesMax: 33_554_432 },
      batch: { timeoutMs: 2_500 },
      queue: { spansMax: 500_000, bytesMax: 1_610_612_736 },
      retry: { budgetRatio: 0.25 },
      breaker: { failureThreshold: 10 },
      memory: { softRatio: 0.9 },
      wal: { enabled: false, fsync: "always", whenBroken: "refuse", waiting: true },
    });
    expect(describePipelineChange(settings({}), after)).toEqual([
      "receive: largest request 16 MiB → 32 MiB",
      "batch: sealed after at most 1 s → 2.5 s",
      "queue: 200,000 → 500,000 spans",
      "queue: 256 MiB → 1.5 GiB",
      "retry: budget 10% → 25% of first tries",
      "breaker: opens after 5 → 10 failures in a row",
      "memory: shedding begins at 80% → 90% of the limit",
      "write-ahead log: on → off",
      "write-ahead log: forced to disk: at an interval → before each acknowledgement",
      "write-ahead log: while it can't be written: go on in memory → refuse requests",
      "write-ahead log: traces that wait: in memory only → written as well",
    ]);
  });

  it("names what is added to a list and taken out of it, and counts what is too much to name", () => {
    const of = (...redact: string[]) => settings({ recording: { redact } });
    expect(describePipelineChange(of("user.id", "a"), of("user.id", "b*", "c"))).toEqual(["recording: values never written: b*, c added, a removed"]);
    expect(describePipelineChange(of("a", "b"), of("b", "a"))).toEqual(["recording: values never written: in another order"]);
    expect(describePipelineChange(of(), of("1", "2", "3", "4", "5", "6", "7"))).toEqual(["recording: values never written: 1, 2, 3, 4, 5, 2 more added"]);
    expect(describePipelineChange(of("a"), of("a"))).toEqual([]);
  });

  it("tells a change that comes with another: the smallest batch follows a largest one below it", () => {
    expect(describePipelineChange(settings({}), settings({ batch: { sizeMax: 100 } }))).toEqual([
      "batch: smallest 512 → 100 spans",
      "batch: largest 8,192 → 100 spans",
    ]);
  });
});

it.each([
  [65_536, "64 KiB"],
  [65_537, "65,537 bytes"],
  [1_610_612_736, "1.5 GiB"],
  [1_099_511_627_776, "1,024 GiB"],
  [1_000_000, "1,000,000 bytes"],
  [0, "0 bytes"],
])("writes %s bytes as %s, nothing rounded away", (bytes, text) => expect(formatSetBytes(bytes)).toBe(text));
