import { describe, expect, it } from "vitest";
import { GcPauses } from "./gcPauses.ts";
import { readProcess } from "./runtime.ts";

describe("GcPauses", () => {
  it("counts pauses by kind since the start, and by window", () => {
    const pauses = new GcPauses();
    pauses.record("minor", 2);
    pauses.record("minor", 4);
    pauses.record("major", 30);
    expect(pauses.take()).toEqual({ gcMs: 36, gcLongestMs: 30 });
    pauses.record("major", 1);
    expect(pauses.take()).toEqual({ gcMs: 1, gcLongestMs: 1 });
    expect(pauses.take()).toEqual({ gcMs: 0, gcLongestMs: 0 });
    const { minor, major, weakcb } = pauses.figures();
    expect([minor.count, minor.sum, major.count, weakcb.count]).toEqual([2, 0.006, 2, 0]);
  });

  it("hears of collections of its thread", async () => {
    const pauses = new GcPauses();
    pauses.start();
    const garbage: unknown[] = [];
    await expect
      .poll(
        () => {
          garbage.length = 0;
          for (let i = 0; i < 200_000; i++) garbage.push({ i });
          return pauses.figures().minor.count;
        },
        { timeout: 60_000, interval: 1 },
      )
      .toBeGreaterThan(0);
    pauses.stop();
  });
});

describe("readProcess", () => {
  it("knows memory, time, and on Linux threads and open files", () => {
    const { rssBytes, cpuSeconds, threads, openFiles } = readProcess();
    expect(rssBytes).toBeGreaterThan(10_000_000);
    expect(cpuSeconds).toBeGreaterThan(0);
    if (process.platform === "linux") {
      expect(threads).toBeGreaterThan(1);
      expect(openFiles).toBeGreaterThan(2);
    } else expect([threads, openFiles]).toEqual([null, null]);
  });
});
