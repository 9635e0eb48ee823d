import type { Profiler } from "node:inspector";
import type { ProfileNode } from "./threadProfile.ts";

/** V8's mark for a thread that waits for something to do; no CPU is spent there. */
const IDLE = "(idle)";

/**
 * A CPU profile of the inspector (Profiler.Profile) as a tree of costs in nanoseconds. A sample stands for the time until the next one; the time of a function
 * is spread over its lines as its samples are.
 */
export function readCpuProfile(profile: Profiler.Profile): ProfileNode[] {
  const { nodes, samples = [], timeDeltas = [], startTime, endTime } = profile;
  const microseconds = new Map<number, number>();
  const counts = new Map<number, number>();
  let at = startTime;
  samples.forEach((id, sample) => {
    at += timeDeltas[sample] ?? 0;
    const lasts = sample + 1 < samples.length ? (timeDeltas[sample + 1] ?? 0) : endTime - at;
    counts.set(id, (counts.get(id) ?? 0) + 1);
    microseconds.set(id, (microseconds.get(id) ?? 0) + Math.max(0, lasts));
  });
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const read: ProfileNode[] = [];
  // The root stands for the thread itself. A stack of its own, as a tree may be deeper than the engine's.
  const open = nodes.slice(0, 1).flatMap((root) => (root.children ?? []).map((id) => ({ id, parent: -1 })));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const node = byId.get(next.id);
    if (node === undefined || node.callFrame.functionName === IDLE) continue;
    const index = read.length;
    const { functionName, url, lineNumber } = node.callFrame;
    const own = ownLines(node.positionTicks, lineNumber + 1, counts.get(node.id) ?? 0, (microseconds.get(node.id) ?? 0) * 1000);
    read.push({ parent: next.parent, name: functionName, url, startLine: lineNumber + 1, own });
    for (const id of node.children ?? []) open.push({ id, parent: index });
  }
  return read;
}

function ownLines(ticks: Profiler.PositionTickInfo[] | undefined, startLine: number, samples: number, value: number): ProfileNode["own"] {
  if (samples === 0) return [];
  const all = (ticks ?? []).reduce((sum, tick) => sum + tick.ticks, 0);
  if (ticks === undefined || all === 0) return [{ line: startLine, samples, value: Math.round(value) }];
  return ticks.map((tick) => ({ line: tick.line, samples: tick.ticks, value: Math.round((value * tick.ticks) / all) }));
}
