import type { YamlMend } from "./editYaml.ts";
import { durationAt, mapAt, type Raw, wholeNumberAt } from "./rawValues.ts";
import type { Reading } from "./readVote.ts";

type Path = readonly PropertyKey[];

function seconds(path: Path, value: number): YamlMend {
  return { label: `Write ${value}s`, changes: `Traces then wait ${value} s.`, edits: [{ kind: "set", path, value: `${value}s` }] };
}

/** Those of tail_sampling as ours: its defaults are a wait of 30 s and 50,000 traces. Values outside our bounds are moved to them, and said. */
export function readTraceSettings(raw: Raw, path: Path, report: Reading["report"]) {
  const within = (key: string, value: number, min: number, max: number) => {
    const used = Math.min(max, Math.max(min, Math.round(value)));
    if (used !== value)
      report({ severity: "info", path: [...path, key], message: `is ${value}; here ${used} is used, as it has to lie between ${min} and ${max}` });
    return used;
  };
  const duration = (key: string) => {
    const written = raw[key];
    const at = [...path, key];
    if (typeof written === "number" && written !== 0)
      report({ severity: "warning", path: at, message: "has no unit, so it counts nanoseconds", mends: [seconds(at, written)] });
    return durationAt(raw, key, path);
  };
  const decisionWaitMs = within("decision_wait", duration("decision_wait") ?? 30_000, 10, 3_600_000);
  const afterRoot = duration("decision_wait_after_root_received") ?? 0;
  const cache = mapAt(raw, "decision_cache", path);
  const at = [...path, "decision_cache"];
  const remembered = wholeNumberAt(cache, "sampled_cache_size", at) + wholeNumberAt(cache, "non_sampled_cache_size", at);
  return {
    decisionWaitMs,
    decisionWaitAfterRootMs: afterRoot > 0 ? Math.min(Math.round(afterRoot), decisionWaitMs) : decisionWaitMs,
    tracesMax: within("num_traces", wholeNumberAt(raw, "num_traces", path) || 50_000, 1_000, 10_000_000),
    ...(remembered > 0 ? { decisionCache: { entriesMax: within("decision_cache", remembered, 1_000, 20_000_000) } } : {}),
  };
}
