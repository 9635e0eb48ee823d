import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { axisTicks, type Unit } from "./axisTicks.ts";

const UNITS: Unit[] = ["spans/s", "spans", "ms", "bytes", "cores", "micro-USD/h"];

describe("axisTicks", () => {
  it("reaches from zero to at least the highest value, in two to six different labels", () =>
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e12, noNaN: true }), fc.constantFrom(...UNITS), (highest, unit) => {
        const axis = axisTicks(highest, unit);
        expect(axis.ticks[0].value).toBe(0);
        expect(axis.max).toBeGreaterThanOrEqual(highest * 0.999999);
        expect(axis.ticks.length).toBeGreaterThanOrEqual(2);
        expect(axis.ticks.length).toBeLessThanOrEqual(6);
      }),
    ));

  it("does not count parts of a span", () => expect(axisTicks(0.4, "spans").ticks.map((tick) => tick.label)).toEqual(["0", "1"]));

  it("leaves out cents that are all zero", () =>
    expect(axisTicks(88e6, "micro-USD/h").ticks.map((tick) => tick.label)).toEqual(["$0", "$25", "$50", "$75", "$100"]));

  it("has an axis when there is nothing", () => expect(axisTicks(0, "ms").max).toBe(1));
});
