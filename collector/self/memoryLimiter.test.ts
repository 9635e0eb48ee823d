import { describe, expect, it } from "vitest";
import { ManualClock } from "../manualClock.ts";
import { MemoryLimiter } from "./memoryLimiter.ts";

/** Limit 1000 MB, soft mark 800 MB. `garbage` is what a collection would free. */
function limited() {
  const memory = { mb: 100, garbageMb: 0, collections: 0 };
  const clock = new ManualClock();
  const limiter = new MemoryLimiter({
    settings: { limitBytes: 1e9, softRatio: 0.8 },
    clock,
    collectGarbage: () => {
      memory.collections++;
      memory.mb -= memory.garbageMb;
      memory.garbageMb = 0;
    },
    held: () => memory.mb * 1e6,
  });
  const at = async (mb: number, ms = 1000) => {
    memory.mb = mb;
    await clock.advance(ms);
    return limiter.state;
  };
  return { memory, clock, limiter, at };
}

describe("MemoryLimiter", () => {
  it("is tight from the soft mark and full from the limit, and recovers by itself", async () => {
    const { limiter, at } = limited();
    const states = [];
    for (const mb of [100, 799, 800, 999, 1000, 1500, 951, 950, 949, 761, 760, 759, 799, 800]) states.push(`${mb} ${await at(mb)}`);
    expect(states).toEqual([
      "100 ok",
      "799 ok",
      "800 tight",
      "999 tight",
      "1000 full",
      "1500 full",
      "951 full",
      "950 full",
      "949 tight",
      "761 tight",
      "760 tight",
      "759 ok",
      "799 ok",
      "800 tight",
    ]);
    expect(limiter.figures()).toEqual({ state: "tight", limitBytes: 1e9, softBytes: 8e8 });
  });

  it("looks each second, five times a second once there is trouble, and after each 32 MiB that come", async () => {
    const { memory, limiter, at } = limited();
    expect([await at(900, 999), await at(900, 1)]).toEqual(["ok", "tight"]);
    expect([await at(1000, 199), await at(1000, 1)]).toEqual(["tight", "full"]);
    expect([await at(100, 200), limiter.state]).toEqual(["ok", "ok"]);
    memory.mb = 1200;
    limiter.takingIn(30_000_000);
    expect(limiter.state).toBe("ok");
    limiter.takingIn(3_554_432);
    expect(limiter.state).toBe("full");
  });

  it("goes from ok to full in one look, and back", async () => {
    const { at } = limited();
    expect([await at(1200), await at(100)]).toEqual(["full", "ok"]);
  });

  it("does not believe a mark that garbage alone has crossed", async () => {
    const { memory, limiter, clock } = limited();
    Object.assign(memory, { mb: 1100, garbageMb: 700 });
    await clock.advance(1000);
    expect([limiter.state, memory.mb, memory.collections]).toEqual(["ok", 400, 1]);
  });

  it("collects at most every 5 s while it is above a mark, and not at all below", async () => {
    const { memory, clock, at } = limited();
    await at(700, 60_000);
    expect(memory.collections).toBe(0);
    await at(1100, 20_000);
    // At 1 s, 6 s, 11 s, 16 s.
    expect(memory.collections).toBe(4);
    await at(100);
    await clock.advance(60_000);
    expect(memory.collections).toBeLessThanOrEqual(5);
  });

  it("believes a mark without a collection when the last one was less than 5 s ago", async () => {
    const { memory, at } = limited();
    expect([await at(850), await at(1050), memory.collections]).toEqual(["tight", "full", 1]);
  });

  it("sheds one tier more at each step from the soft mark to the limit, the first tier never", async () => {
    const { limiter, at } = limited();
    const shed = [];
    for (const mb of [700, 800, 849, 850, 900, 950, 999, 1000, 960, 900, 850, 800, 770, 700]) {
      await at(mb);
      shed.push(`${mb} ${limiter.shedding(5)}`);
    }
    expect(shed).toEqual(["700 0", "800 1", "849 1", "850 2", "900 3", "950 4", "999 4", "1000 4", "960 4", "900 3", "850 2", "800 1", "770 1", "700 0"]);
    await at(1000);
    expect([limiter.shedding(1), limiter.shedding(2), limiter.shedding(64)]).toEqual([0, 1, 63]);
    await at(850);
    expect([limiter.shedding(1), limiter.shedding(2), limiter.shedding(3)]).toEqual([0, 1, 1]);
  });

  it("follows new settings at the next look", async () => {
    const { limiter, at } = limited();
    await at(500);
    limiter.settings = { limitBytes: 500e6, softRatio: 0.5 };
    expect([await at(500), limiter.figures().softBytes]).toEqual(["full", 250e6]);
    limiter.settings = { limitBytes: 2e9, softRatio: 0.8 };
    expect(await at(500)).toBe("ok");
  });

  it("looks at the real process when it is not told otherwise", async () => {
    const clock = new ManualClock();
    const limiter = new MemoryLimiter({ settings: { limitBytes: 1, softRatio: 0.5 }, clock, collectGarbage: () => {} });
    await clock.advance(1000);
    expect(limiter.state).toBe("full");
    limiter.stop();
  });

  it("stops for good", async () => {
    const { limiter, clock, at } = limited();
    await at(100);
    limiter.stop();
    expect(clock.pending).toBe(0);
    expect(await at(2000)).toBe("ok");
  });
});
