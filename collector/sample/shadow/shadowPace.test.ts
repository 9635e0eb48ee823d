import { describe, expect, it } from "vitest";
import { SHADOW_CPU_SHARE_MAX } from "#domain/sampling/compare/shadowReport.ts";
import { ShadowPace } from "./shadowPace.ts";

const STEP_MS = 10;

/** A thread that works `busy` of its time, of which comparing everything would take `cost`; what comparing took in the last half of it, as a share of the CPU time. */
function pace({ busy, cost, steps = 4000 }: { busy: number; cost: number; steps?: number }) {
  let cpu = 0;
  const of = new ShadowPace(0, () => cpu);
  let spent = 0;
  for (let step = 1; step <= steps; step++) {
    const comparing = busy * STEP_MS * cost * of.share;
    cpu += busy * STEP_MS + comparing;
    of.spent(comparing, 100);
    of.look(step * STEP_MS);
    if (step > steps / 2) spent += comparing;
  }
  return { share: of.share, ofCpu: spent / ((cpu * steps) / 2 / steps), ofCore: spent / ((STEP_MS * steps) / 2) };
}

describe("ShadowPace", () => {
  it("compares everything while that costs little", () => {
    expect(pace({ busy: 1, cost: 0.03 }).share).toBe(1);
  });

  it.each([0.06, 0.2, 1, 5])("stays within its share of the CPU time where comparing everything would cost %f as much as the work itself", (cost) => {
    const { share, ofCpu } = pace({ busy: 1, cost });
    expect(share).toBeLessThan(1);
    expect(ofCpu).toBeLessThanOrEqual(SHADOW_CPU_SHARE_MAX);
    expect(ofCpu).toBeGreaterThan(SHADOW_CPU_SHARE_MAX / 2);
  });

  it("compares everything on an idle thread, up to a hundredth of a core", () => {
    const { share, ofCore } = pace({ busy: 0.01, cost: 0.5 });
    expect(share).toBe(1);
    expect(ofCore).toBeLessThan(0.01);
  });

  it("lets a short burst pass", () => {
    const of = new ShadowPace(0, () => 0);
    of.spent(200, 100);
    of.look(250);
    expect(of.share).toBe(1);
    of.spent(200, 100);
    of.look(500);
    expect(of.share).toBeLessThan(1);
  });

  it("does not believe a time in which somebody else had the core", () => {
    const of = new ShadowPace(0, () => 0);
    for (let request = 0; request < 1000; request++) of.spent(request % 100 === 99 ? 50 : 0.01, 100);
    // 990 times 0.01 ms, and ten of which no more than twenty times the usual is believed.
    expect(of.cpuMs).toBeGreaterThan(9.9);
    expect(of.cpuMs).toBeLessThan(15);
  });

  it("takes the same traces again when it takes more, and some besides", () => {
    let cpu = 0;
    const of = new ShadowPace(0, () => cpu);
    of.spent(1000, 100);
    cpu = 250;
    of.look(250);
    const { share } = of;
    expect(share).toBeLessThan(1);
    // Ids that count up, in their last word and in the one before.
    const ids = Array.from({ length: 1000 }, (_, index): [number, number] => (index % 2 === 0 ? [7, index] : [index, 7]));
    const before = ids.filter((id) => of.takes(...id));
    expect(before.length / 1000).toBeCloseTo(share, 1);
    cpu = 5000;
    of.look(500);
    expect(of.share).toBeGreaterThan(share);
    expect(before.every((id) => of.takes(...id))).toBe(true);
  });
});
