import { describe, expect, it } from "vitest";
import { formatBytes } from "./formatBytes.ts";
import { formatAge, formatMs } from "./formatDuration.ts";
import { formatMicroUsd, parseUsd } from "./formatMoney.ts";
import { formatCompact, formatCount, formatPercent, formatRate } from "./formatNumber.ts";

describe("figures for people", () => {
  it.each([
    [0, "0"],
    [0.02, "<0.1"],
    [0.44, "0.4"],
    [9.94, "9.9"],
    [9.96, "10"],
    [118_400, "118,400"],
    [-1200, "−1,200"],
    [null, "—"],
    [Number.NaN, "—"],
  ])("writes the rate %s as %s", (value, text) => expect(formatRate(value)).toBe(text));

  it.each([
    [950, "950"],
    [999.6, "1k"],
    [7600, "7.6k"],
    [118_400, "118.4k"],
    [1_000_000, "1M"],
    [2.5e9, "2.5G"],
  ])("shortens %s to %s", (value, text) => expect(formatCompact(value)).toBe(text));

  it("never rounds a loss of one in a million to zero, nor nearly all to all", () => {
    expect(formatPercent(0.000001)).toBe("<0.01%");
    expect(formatPercent(0.99999)).toBe("99.9%");
    expect(formatPercent(1)).toBe("100%");
    expect(formatPercent(0)).toBe("0%");
    expect(formatPercent(-0.93)).toBe("−93%");
  });

  it("does not write a negative zero", () => expect(formatCount(-0.2)).toBe("0"));

  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [999.6, "1 kB"],
    [50_800_000, "50.8 MB"],
    [10_000_000_000, "10 GB"],
    [-120_000, "−120 kB"],
  ])("writes %s bytes as %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [0, "0 ms"],
    [0.05, "50 µs"],
    [0.42, "0.42 ms"],
    [9.96, "10 ms"],
    [212.4, "212 ms"],
    [999.6, "1 s"],
    [1204, "1.2 s"],
    [210_000, "3.5 min"],
    [null, "—"],
  ])("writes %s ms as %s", (ms, text) => expect(formatMs(ms)).toBe(text));

  it.each([
    [-5, "0 s"],
    [59_400, "59 s"],
    [61_000, "1 min"],
    [7_200_000, "2 h"],
    [200_000_000, "2 d"],
  ])("writes an age of %s ms as %s", (ms, text) => expect(formatAge(ms)).toBe(text));
});

describe("money", () => {
  it.each([
    [0, "$0"],
    [4_180_000, "$4.18"],
    [4_200, "$0.0042"],
    [41_900_000_000, "$41,900"],
    [1, "$0.000001"],
    [-1_500_000, "−$1.50"],
  ])("writes %s micro-dollars as %s", (microUsd, text) => expect(formatMicroUsd(microUsd)).toBe(text));

  it("reads what people type as whole micro-dollars, and nothing else", () => {
    expect(parseUsd("0.50")).toBe(500_000);
    expect(parseUsd(" $1,200.5 ")).toBe(1_200_500_000);
    expect(parseUsd(".1632")).toBe(163_200);
    for (const wrong of ["", "-1", "1e3", "abc", "0.1234567", "1.2.3"]) expect(parseUsd(wrong)).toBeNull();
  });
});
