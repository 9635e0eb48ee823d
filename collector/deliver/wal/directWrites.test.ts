import { describe, expect, it } from "vitest";
import { ManualClock } from "../../manualClock.ts";
import { DirectWrites } from "./directWrites.ts";

describe("DirectWrites", () => {
  function local() {
    const clock = new ManualClock();
    const direct = new DirectWrites(clock);
    direct.isLocal = true;
    return { clock, direct };
  }

  it("allows little at a time, and on a file system of this machine alone", () => {
    const { direct } = local();
    expect([direct.allows(262_144), direct.allows(262_145)]).toEqual([true, false]);
    direct.isLocal = false;
    expect(direct.allows(1)).toBe(false);
  });

  it("allows nothing while another call to the disk is under way, however that ends", async () => {
    const { direct } = local();
    const call = Promise.withResolvers<void>();
    const during = direct.during(() => call.promise);
    expect(direct.allows(1)).toBe(false);
    call.reject(new Error("EIO"));
    await expect(during).rejects.toThrow("EIO");
    expect(direct.allows(1)).toBe(true);
  });

  it("allows nothing for ten seconds after a write that took 20 ms, or a call that took half a second", async () => {
    const { clock, direct } = local();
    const started = direct.during(() => new Promise<void>((resolve) => clock.after(499, resolve)));
    await clock.advance(499);
    await started;
    expect(direct.allows(1)).toBe(true);
    const slow = direct.during(() => new Promise<void>((resolve) => clock.after(500, resolve)));
    await clock.advance(500);
    await slow;
    expect(direct.allows(1)).toBe(false);
    await clock.advance(9_999);
    expect(direct.allows(1)).toBe(false);
    await clock.advance(1);
    expect(direct.allows(1)).toBe(true);
    const times = [0, 20];
    const written = new DirectWrites({ now: () => times.shift() ?? 10_019 });
    written.isLocal = true;
    expect([written.time(() => true), written.allows(1)]).toEqual([true, false]);
  });
});
