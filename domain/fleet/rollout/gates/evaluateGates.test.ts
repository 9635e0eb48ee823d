import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Gate } from "../rollout.ts";
import { gateSettingsSchema } from "../rolloutPlan.ts";
import type { SideFigures } from "../rolloutWindow.ts";
import { evaluateGates, whyOff } from "./evaluateGates.ts";
import { APPLIED_MS, gateInput, side, WINDOW_MS, windowAt, windows } from "./gateTestData.ts";

const FORECAST = { low: 0.24, high: 0.26, expected: 0.25 };
const said = (gate: Gate, over: Parameters<typeof gateInput>[0] = {}) => evaluateGates(gateInput(over)).find((one) => one.gate === gate);
const changedTo = (figures: Partial<SideFigures> & { ackMs?: number }, count = 30) => ({ since: windows(count, (index) => windowAt(index, side(figures))) });
/** Memory by the second, that grows by so many bytes a second. */
const rss = (index: number, perS: number) =>
  Array.from({ length: 10 }, (_, at) => ({ atMs: APPLIED_MS + index * WINDOW_MS + at * 1_000, bytes: 2 * (1e8 + (index * 10 + at) * perS), of: 2 }));
const growing = (perS: number, count = 30) => ({
  since: windows(count, (index) => windowAt(index, side({ rss: rss(index, perS) }), side({ rss: rss(index, 0) }))),
});

describe("the gates of a stage", () => {
  it.each<[Gate, string, Parameters<typeof gateInput>[0]]>([
    ["p99", "pass", {}],
    ["p99", "fail", changedTo({ ackMs: 10 })],
    ["p99", "noData", changedTo({ acknowledgement: null })],
    ["p99", "noData", { before: [] }],
    ["p99", "fail", { ...changedTo({ ackMs: 10 }), isLast: true }],
    ["p99", "pass", { isLast: true }],
    ["queue", "pass", {}],
    ["queue", "near", changedTo({ queueShare: 0.65 })],
    ["queue", "fail", changedTo({ queueShare: 0.9 })],
    ["queue", "noData", changedTo({ queueShare: null })],
    ["queue", "near", { since: windows(9, (index) => windowAt(index, side({ queueShare: index === 8 ? 1 : 0.1 }))) }],
    ["memory", "pass", growing(0)],
    ["memory", "fail", growing(100_000)],
    ["memory", "noData", growing(100_000, 3)],
    ["dropped", "pass", {}],
    ["dropped", "fail", { since: [...windows(3), windowAt(3, side({ dropped: 1 })), windowAt(4)] }],
    ["dropped", "noData", changedTo({ reporting: 0 })],
    ["refused", "pass", { since: windows(9, (index) => windowAt(index, side({ refused: 50 }), side({ refused: 50 }))) }],
    ["refused", "fail", changedTo({ refused: 50 })],
    ["refused", "noData", changedTo({ received: 0 })],
    ["keptShare", "pass", { forecast: FORECAST }],
    ["keptShare", "fail", { forecast: FORECAST, ...changedTo({ kept: 400 }) }],
    ["keptShare", "undecided", { forecast: FORECAST, since: windows(30, (index) => windowAt(index, side({ kept: 270 + (index % 2) * 100 - 50 }))) }],
    ["keptShare", "noData", { forecast: FORECAST, ...changedTo({ received: 0, kept: 0 }) }],
    ["keptShare", "noData", { forecast: FORECAST, ...changedTo({}, 5) }],
  ])("%s: %s", (gate, state, over) => expect(said(gate, over)).toMatchObject({ gate, state }));

  it("compare with the control group while there is one, and with the same collectors before the change when there is none", () => {
    expect(said("p99")).toMatchObject({ against: "control" });
    expect(said("p99", { isLast: true })).toMatchObject({ against: "before" });
    expect(said("refused", { isLast: true })).toMatchObject({ against: "before" });
  });

  it("are silent when they are off, and say why", () => {
    const settings = gateSettingsSchema.parse({
      p99RatioMax: null,
      queueShareMax: null,
      memoryBytesPerMinuteMax: null,
      droppedMax: null,
      refusedShareMax: null,
    });
    expect(evaluateGates(gateInput({ settings }))).toEqual([]);
    expect(whyOff("p99", { settings, forecast: null })).toBe("turned off in the plan");
    expect(whyOff("keptShare", { settings, forecast: null })).toContain("no forecast");
    expect(whyOff("keptShare", { settings, forecast: FORECAST })).toBeNull();
  });

  it("without any data never pass and never fail", () => {
    for (const since of [[], windows(30, (index) => windowAt(index, side({ reporting: 0, acknowledgement: null, queueShare: null, received: 0, kept: 0 })))])
      expect(new Set(evaluateGates(gateInput({ since, forecast: FORECAST })).map(({ state }) => state))).toEqual(new Set(["noData"]));
  });

  it("take no notice of what was measured before all of the stage was changed, but for what was lost and how full queues are", () => {
    const early = windows(30, (index) => windowAt(index - 30, side({ ackMs: 80, refused: 900, kept: 1_000, rss: rss(index, 1e6) })));
    const states = evaluateGates(gateInput({ since: early, forecast: FORECAST })).map(({ gate, state }) => [gate, state]);
    expect(Object.fromEntries(states)).toMatchObject({
      p99: "noData",
      refused: "noData",
      memory: "noData",
      keptShare: "noData",
      dropped: "pass",
      queue: "pass",
    });
  });

  it("give figures that are finite or null, whatever was measured", () => {
    const figures = fc.record({
      reporting: fc.nat(3),
      received: fc.nat(1e6),
      kept: fc.nat(1e6),
      refused: fc.nat(1e6),
      dropped: fc.nat(3),
      queueShare: fc.option(fc.double({ min: 0, max: 2, noNaN: true })),
      ackMs: fc.double({ min: 0.001, max: 1e5, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(figures, figures), { maxLength: 40 }), fc.boolean(), (all, isLast) => {
        const since = all.map(([changed, control], index) => windowAt(index, side(changed), side(control)));
        const lost = since.reduce((sum, { changed }) => sum + (changed.reporting > 0 ? changed.dropped : 0), 0);
        for (const { gate, state, changed, control, limit } of evaluateGates(gateInput({ since, isLast, forecast: FORECAST }))) {
          for (const figure of [changed, control, limit]) expect(figure === null || Number.isFinite(figure)).toBe(true);
          if (gate === "dropped") expect(state === "fail").toBe(lost > 0);
          if (state === "fail") expect(changed).not.toBeNull();
        }
      }),
      { numRuns: 30 },
    );
  });
});
