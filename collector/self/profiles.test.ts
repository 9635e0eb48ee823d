import { gunzipSync } from "node:zlib";
import { Profile } from "pprof-format";
import { describe, expect, it } from "vitest";
import { Profiler } from "./profiler.ts";
import { readCpuProfile } from "./readCpuProfile.ts";
import { readHeapProfile } from "./readHeapProfile.ts";
import { recordThread } from "./recordThread.ts";
import type { ThreadProfile } from "./threadProfile.ts";
import { topFunctions } from "./topFunctions.ts";
import { writePprof } from "./writePprof.ts";

const frame = (functionName: string, lineNumber: number) => ({ functionName, lineNumber, columnNumber: 0, scriptId: "1", url: "node:made-up" });
const NEVER = new AbortController().signal;

describe("readCpuProfile", () => {
  it("gives each sample the time until the next one, spreads it over the lines that were seen, and leaves idle time out", () => {
    const nodes = readCpuProfile({
      nodes: [
        { id: 1, callFrame: frame("(root)", -1), children: [2, 4] },
        { id: 2, callFrame: frame("outer", 9), children: [3] },
        {
          id: 3,
          callFrame: frame("inner", 19),
          positionTicks: [
            { line: 21, ticks: 1 },
            { line: 25, ticks: 1 },
          ],
        },
        { id: 4, callFrame: frame("(idle)", -1) },
      ],
      startTime: 1000,
      endTime: 1100,
      samples: [2, 3, 4, 3],
      timeDeltas: [10, 20, 30, 15],
    });
    expect(nodes).toEqual([
      { parent: -1, name: "outer", url: "node:made-up", startLine: 10, own: [{ line: 10, samples: 1, value: 20_000 }] },
      {
        ...{ parent: 0, name: "inner", url: "node:made-up", startLine: 20 },
        // From 1030 to 1060, and from 1075 to the end.
        own: [
          { line: 21, samples: 1, value: 27_500 },
          { line: 25, samples: 1, value: 27_500 },
        ],
      },
    ]);
  });
});

describe("readHeapProfile", () => {
  it("keeps what V8 says of each function, with its callers before it", () => {
    const node = (id: number, name: string, selfSize: number, children: Parameters<typeof readHeapProfile>[0]["head"][] = []) => ({
      ...{ id, callFrame: frame(name, id), selfSize, children },
    });
    const head = node(1, "(root)", 0, [node(2, "outer", 0, [node(3, "inner", 64_000)])]);
    expect(readHeapProfile({ head, samples: [{ nodeId: 3 }, { nodeId: 3 }] })).toEqual([
      { parent: -1, name: "outer", url: "node:made-up", startLine: 3, own: [] },
      { parent: 0, name: "inner", url: "node:made-up", startLine: 4, own: [{ line: 4, samples: 2, value: 64_000 }] },
    ]);
  });
});

function thread(name: string, value: number): ThreadProfile {
  const url = new URL("./profiler.ts", import.meta.url).href;
  return {
    ...{ thread: name, startMs: 1_700_000_000_123, durationMs: 1000 },
    nodes: [
      { parent: -1, name: "outer", url, startLine: 10, own: [] },
      { parent: 0, name: "inner", url, startLine: 20, own: [{ line: 22, samples: 2, value }] },
      { parent: 0, name: "", url: "", startLine: 0, own: [{ line: 0, samples: 1, value: 1 }] },
    ],
  };
}

describe("writePprof", () => {
  it("writes one profile of all threads: stacks from the inside out, files within the project, the thread as a label", async () => {
    const profile = Profile.decode(gunzipSync(await writePprof("cpu", [thread("main", 5), thread("worker-0", 7)])));
    const { strings } = profile.stringTable;
    const text = (index: unknown) => strings[Number(index)];
    const types = profile.sampleType.map(({ type, unit }) => `${text(type)}/${text(unit)}`);
    expect(types).toEqual(["samples/count", "cpu/nanoseconds"]);
    const stacks = profile.sample.map(({ locationId, value, label }) => ({
      stack: locationId.map((id) => {
        const line = profile.location[Number(id) - 1].line[0];
        const { name, filename } = profile.function[Number(line.functionId) - 1];
        return `${text(name)} ${text(filename)}:${line.line}`;
      }),
      value: value.map(Number),
      label: label.map(({ key, str }) => `${text(key)}=${text(str)}`),
    }));
    const inner = ["inner collector/self/profiler.ts:22", "outer collector/self/profiler.ts:10"];
    expect(stacks).toEqual([
      { stack: inner, value: [2, 5], label: ["thread=main"] },
      { stack: ["(anonymous) :0", inner[1]], value: [1, 1], label: ["thread=main"] },
      { stack: inner, value: [2, 7], label: ["thread=worker-0"] },
      { stack: ["(anonymous) :0", inner[1]], value: [1, 1], label: ["thread=worker-0"] },
    ]);
    expect(profile).toMatchObject({ timeNanos: 1_700_000_000_123_000_000n, durationNanos: 1_000_000_000n, period: 1_000_000 });
  });

  it("says which functions took most, their callees not counted", async () => {
    const top = await topFunctions(await writePprof("heap", [thread("main", 5), thread("worker-0", 7)]), 1);
    expect(top).toEqual({ total: 14, functions: [{ name: "inner", file: "collector/self/profiler.ts:20", value: 12, share: 12 / 14 }] });
  });
});

describe("recordThread", () => {
  it("finds the function that keeps the thread busy", async () => {
    let busy = true;
    function burnsCpu(): void {
      const until = performance.now() + 20;
      while (performance.now() < until);
      if (busy) setImmediate(burnsCpu);
    }
    burnsCpu();
    const recorded = await recordThread({ kind: "cpu", seconds: 1 }, "main", NEVER);
    busy = false;
    const { functions } = await topFunctions(await writePprof("cpu", [recorded]), 5);
    expect(functions.map(({ name }) => name)).toContain("burnsCpu");
  });

  it("finds the function whose allocations are still held", async () => {
    const held: unknown[] = [];
    function allocates(): void {
      for (let i = 0; i < 5_000; i++) held.push({ i, text: [i, i, i] });
    }
    const allocating = setInterval(allocates, 50);
    const recorded = await recordThread({ kind: "heap", seconds: 1 }, "main", NEVER);
    clearInterval(allocating);
    const { functions } = await topFunctions(await writePprof("heap", [recorded]), 5);
    expect(functions.map(({ name }) => name)).toContain("allocates");
    expect(held.length).toBeGreaterThan(0);
  });

  it("ends at once when nobody wants it any more, and can record again", async () => {
    const gone = new AbortController();
    const first = recordThread({ kind: "cpu", seconds: 60 }, "main", gone.signal);
    gone.abort(new Error("gone"));
    await expect(first).rejects.toThrow("abort");
    expect((await recordThread({ kind: "cpu", seconds: 1 }, "main", NEVER)).thread).toBe("main");
  });
});

describe("Profiler", () => {
  it("records one profile at a time, and counts those that it refused", async () => {
    const { promise, resolve } = Promise.withResolvers<ThreadProfile[]>();
    const profiler = new Profiler(() => promise);
    const first = profiler.profile({ kind: "cpu", seconds: 1 }, NEVER);
    await expect(profiler.profile({ kind: "heap", seconds: 1 }, NEVER)).rejects.toThrow("a profile is being recorded already");
    resolve([thread("main", 1)]);
    expect(gunzipSync(await first).length).toBeGreaterThan(0);
    expect(profiler.figures()).toEqual({ recorded: 1, refused: 1 });
    await profiler.profile({ kind: "heap", seconds: 1 }, NEVER);
    expect(profiler.figures()).toEqual({ recorded: 2, refused: 1 });
  });
});
