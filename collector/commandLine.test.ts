import { describe, expect, it } from "vitest";
import { parseCommandLine } from "./commandLine.ts";

describe("parseCommandLine", () => {
  it("takes a profile with its length and file, or with what stands for them", () => {
    expect(parseCommandLine(["profile", "cpu", "--seconds", "3", "--out", "a.pb.gz"])).toEqual({
      ...{ kind: "profile", request: { kind: "cpu", seconds: 3 }, file: "a.pb.gz" },
    });
    expect(parseCommandLine(["profile", "heap"])).toEqual({ kind: "profile", request: { kind: "heap", seconds: 10 }, file: "headgate-heap.pb.gz" });
  });

  it.each([
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
