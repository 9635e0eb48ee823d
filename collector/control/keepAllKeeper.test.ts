import { beforeEach, describe, expect, it } from "vitest";
import type { KeepAllRule } from "#domain/fleet/keepAll.ts";
import { ManualClock } from "../manualClock.ts";
import type { KeptInFull } from "./dataFolder.ts";
import { KeepAllKeeper } from "./keepAllKeeper.ts";

const condition = { kind: "service" as const, match: "exact" as const, values: ["payments"] };
const entry = (id: string, leftMs: number) => ({ id, condition, leftMs });

describe("what is kept in full for a while", () => {
  let clock: ManualClock;
  let disk: { value: KeptInFull } | undefined;
  let inForce: string[];
  let warnings: number;
  beforeEach(() => {
    clock = new ManualClock();
    disk = undefined;
    inForce = [];
    warnings = 0;
  });
  const started = async () => {
    const data = {
      readKeepAll: async () => disk,
      writeKeepAll: async (value: KeptInFull) => {
        disk = { value: structuredClone(value) };
      },
    };
    const keeper = new KeepAllKeeper({ data, clock, log: { info: () => {}, warn: () => void warnings++ } });
    await keeper.load();
    inForce = keeper.rules.map(({ id }) => id);
    keeper.start(async (rules: readonly KeepAllRule[]) => {
      inForce = rules.map(({ id }) => id);
    });
    return keeper;
  };

  it("ends each by itself when its time is over", async () => {
    const keeper = await started();
    await keeper.set([entry("a", 1_000), entry("b", 5_000)]);
    expect(inForce).toEqual(["a", "b"]);
    await clock.advance(999);
    expect(inForce).toEqual(["a", "b"]);
    await clock.advance(1);
    expect(inForce).toEqual(["b"]);
    await clock.advance(4_000);
    expect(inForce).toEqual([]);
    expect(disk?.value.entries).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it("goes on after a restart with what is left, and not longer than that when the wall clock was set back meanwhile", async () => {
    const before = await started();
    await before.set([entry("a", 600_000)]);
    await clock.advance(120_000);
    before.stop();
    // What it wrote last says 480 s; by that clock no time has passed since.
    if (disk) disk.value.writtenAtMs += 3_600_000;
    await started();
    expect(inForce).toEqual(["a"]);
    await clock.advance(479_999);
    expect(inForce).toEqual(["a"]);
    await clock.advance(1);
    expect(inForce).toEqual([]);
  });

  it("counts the time in which no process ran", async () => {
    const before = await started();
    await before.set([entry("a", 60_000), entry("b", 600_000)]);
    before.stop();
    if (disk) disk.value.writtenAtMs -= 60_000;
    await started();
    expect(inForce).toEqual(["b"]);
  });

  it("leaves everything as it is when the list has too many, one that is too long, or something else to match", async () => {
    const keeper = await started();
    await keeper.set([entry("a", 1_000)]);
    const tooMany = Array.from({ length: 17 }, (_, number) => entry(`n${number}`, 1_000));
    for (const list of [tooMany, [entry("b", 86_400_001)], [{ ...entry("b", 1), condition: { kind: "latency", aboveMs: 5 } }], "nonsense"])
      await keeper.set(list);
    expect(inForce).toEqual(["a"]);
    expect(warnings).toBe(4);
  });
});
