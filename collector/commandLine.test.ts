import { describe, expect, it } from "vitest";
import { parseCommandLine } from "./commandLine.ts";

describe("parseCommandLine", () => {
  it("takes a profile with its length and file, or with what stands for them", () => {
    expect(parseCommandLine(["profile", "cpu", "--seconds", "3", "--out", "a.pb.gz"])).toEqual({
      ...{ kind: "profile", request: { kind: "cpu", seconds: 3 }, file: "a.pb.gz" },
    });
    expect(parseCommandLine(["profile", "heap"])).toEqual({ kind: "profile", request: { kind: "heap", seconds: 10 }, file: "headgate-heap.pb.gz" });
  });

  it("takes a file to check, with what one collector gets at its peak", () => {
    expect(parseCommandLine(["check", "a.yaml"])).toEqual({ kind: "check", file: "a.yaml", offered: undefined, strict: false, json: false });
    expect(parseCommandLine(["check", "a.yaml", "--rate", "5e4", "--span-bytes", "600", "--strict", "--json"])).toEqual({
      ...{ kind: "check", file: "a.yaml", offered: { spansPerS: 50_000, spanBytes: 600 }, strict: true, json: true },
    });
  });

  it("takes a policy to try over the last hours, of this collector or another", () => {
    expect(parseCommandLine(["replay", "a.yaml"])).toEqual({
      ...{ kind: "replay", file: "a.yaml", backMs: 21_600_000, dataDir: undefined, configFile: undefined, json: false },
    });
    expect(parseCommandLine(["replay", "a.yaml", "--hours", "0.5", "--data", "d", "--config", "c.yaml", "--json"])).toEqual({
      ...{ kind: "replay", file: "a.yaml", backMs: 1_800_000, dataDir: "d", configFile: "c.yaml", json: true },
    });
  });

  it.each([
    [["check"], "check takes one file"],
    [["check", "a", "--rate", "-1"], "Option '--rate' argument is ambiguous"],
    [["check", "a", "--rate", "fast"], "--rate must be a number above 0, got fast"],
    [["check", "a", "--span-bytes", "5"], "--span-bytes goes with --rate"],
    [["explain", "a", "--strict"], "--rate, --span-bytes and --strict go with check"],
    [["--json"], "--json goes with explain, check or replay"],
    [["replay"], "replay takes one file with a policy"],
    [["replay", "a", "--hours", "0"], "--hours must be a number above 0, at most 168, got 0"],
    [["replay", "a", "--hours", "169"], "--hours must be a number above 0, at most 168, got 169"],
    [["explain", "a", "--hours", "1"], "--hours and --data go with replay"],
    [["profile"], "profile takes cpu or heap"],
    [["profile", "disk"], "profile takes cpu or heap"],
    [["profile", "cpu", "--seconds", "61"], "--seconds must be a whole number of seconds from 1 to 60, got 61"],
    [["profile", "cpu", "--seconds", "soon"], "--seconds must be a whole number of seconds from 1 to 60, got soon"],
    [["--seconds", "3"], "--seconds and --out go with profile"],
    [["explain"], "explain takes one trace id"],
    [["explode"], "Unknown command explode"],
  ])("refuses %j with one line that says why", (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(`${message}; try --help`);
  });
});
