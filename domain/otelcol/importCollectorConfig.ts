import { ATOMS_MAX, type SamplingPolicy, samplingPolicySchema, type Tier } from "../sampling/samplingPolicy.ts";
import type { Finding } from "../validation/finding.ts";
import { formatPath, formatProblem, type Problem, parseOrProblems } from "../validation/problems.ts";
import type { YamlMend } from "./editYaml.ts";
import { findCrossings } from "./findCrossings.ts";
import { isMap, NotReadable, numberAt, type Raw } from "./rawValues.ts";
import { type Reading, readVotes } from "./readVote.ts";
import { type YamlPlaces as Places, readYaml } from "./readYaml.ts";
import { reportProcessorSettings } from "./reportProcessorSettings.ts";
import { tiersAsItRuns, tiersAsMeant } from "./toTiers.ts";
import { readTraceSettings } from "./traceSettings.ts";
import type { Vote } from "./votes.ts";

/** `mends` are edits of the text that was read: see editYaml. */
export type LineFinding = Finding & { line: number; mends: readonly YamlMend[] };

/** One sampling processor of a Collector's configuration as policies of ours. */
export type ImportedProcessor = {
  /** As it is named there: `tail_sampling`, `tail_sampling/eu`. */
  id: string;
  /** The pipelines that name it; empty also where the text has no pipelines. */
  pipelines: string[];
  findings: LineFinding[];
  /** What the Collector does with it; null when that can't be told or doesn't fit into a policy. */
  asItRuns: SamplingPolicy | null;
  /** What it looks like: blocks side by side combined, policies read from the top. */
  asMeant: SamplingPolicy | null;
  /** The policies that no tier can say, as they are written; `line` is that of the text's first one. Both policies are without them. */
  leftOut: { path: string; line: number; reason: string; text: string }[];
};
export type CollectorImport = { ok: true; processors: ImportedProcessor[]; others: string[] } | { ok: false; problem: Problem & { line?: number } };

type Path = readonly PropertyKey[];
const POLICIES_MAX = 1_000;

/**
 * The sampling processors in `text`: a Collector's whole configuration, its `processors:`, or one processor's block with or without its name.
 * Semantics are those of tail_sampling and probabilistic_sampler from 0.152 on. Never throws.
 */
export function importCollectorConfig(text: string): CollectorImport {
  const yaml = readYaml(text);
  if (!yaml.ok) return yaml;
  const root = yaml.value;
  if (root === null || root === undefined) return { ok: true, processors: [], others: [] };
  if (!isMap(root)) return { ok: false, problem: { path: "", message: "must be a map, as a Collector's configuration is", line: 1 } };
  const [processors, base] = processorsOf(root);
  if (processors === undefined) return { ok: false, problem: { path: formatPath(base), message: "must be a map of processors", line: yaml.lineOf(base) } };
  const ids = Object.keys(processors);
  const wanted = ids.filter((id) => typeOf(id) !== undefined);
  return {
    ok: true,
    processors: wanted.map((id) => importOne(id, processors[id], [...base.slice(0, -1), ...(base.at(-1) === BARE ? [] : [...base.slice(-1), id])], root, yaml)),
    others: ids.filter((id) => !wanted.includes(id)),
  };
}

/** Stands for a block without its processor's name. */
const BARE = Symbol("bare");

function processorsOf(root: Raw): [Raw | undefined, Path] {
  if (root.processors !== undefined && root.processors !== null) return [isMap(root.processors) ? root.processors : undefined, ["processors"]];
  if (Array.isArray(root.policies)) return [{ tail_sampling: root }, [BARE]];
  if (root.sampling_percentage !== undefined) return [{ probabilistic_sampler: root }, [BARE]];
  return [root, []];
}

function typeOf(id: string): "tail_sampling" | "probabilistic_sampler" | undefined {
  const type = id.split("/", 1)[0];
  return type === "tail_sampling" || type === "probabilistic_sampler" ? type : undefined;
}

function importOne(id: string, raw: unknown, path: Path, root: Raw, places: Places): ImportedProcessor {
  const result: ImportedProcessor = { id, pipelines: pipelinesWith(id, root), findings: [], asItRuns: null, asMeant: null, leftOut: [] };
  const report: Reading["report"] = ({ mends = [], ...finding }) => {
    // What is behind an alias can't be edited without changing what stands elsewhere.
    const possible = mends.filter(({ edits }) => edits.every((edit) => places.isWritten(edit.kind === "set" ? edit.path.slice(0, -1) : edit.path)));
    result.findings.push({ ...finding, path: formatPath(finding.path), line: places.lineOf(finding.path), mends: possible });
  };
  const pipelines = isMap(root.service) && isMap(root.service.pipelines);
  if (pipelines && result.pipelines.length === 0)
    report({ severity: "warning", path, message: "is in no pipeline, so it samples nothing", mend: "Name it in the processors of a pipeline." });
  const settings = raw ?? {};
  if (!isMap(settings)) {
    report({ severity: "error", path, message: "must be a map of settings" });
    return result;
  }
  try {
    if (typeOf(id) === "tail_sampling") importTailSampling(result, settings, path, report, places);
    else importProbabilistic(result, settings, path, report);
  } catch (error) {
    if (!(error instanceof NotReadable)) throw error;
    report({ severity: "error", path: error.path, message: error.message, mends: error.mends });
  }
  return result;
}

function importTailSampling(result: ImportedProcessor, raw: Raw, path: Path, report: Reading["report"], { lineOf, textOf }: Places) {
  const list = raw.policies ?? [];
  if (!Array.isArray(list)) throw new NotReadable([...path, "policies"], "must be a list of policies", true);
  if (list.length > POLICIES_MAX) throw new NotReadable([...path, "policies"], `must have at most ${POLICIES_MAX} policies, has ${list.length}`, true);
  if (list.length === 0) {
    report({ severity: "error", path, message: "has no policies, so the Collector keeps nothing", mend: "Paste the block that has them." });
    return;
  }
  const running: Vote[] = [];
  const meant: Vote[] = [];
  const names = new Set<string>();
  const leaveOut = (at: Path, error: NotReadable) => {
    report({ severity: error.refused ? "error" : "warning", path: error.path, message: error.message, mends: error.mends });
    result.leftOut.push({ path: formatPath(at), line: lineOf(at), reason: error.message, text: textOf(at) });
  };
  const asItRuns = { combineBlocks: false, report, leaveOut, takeRegexes: upTo(ATOMS_MAX) };
  const silent = { combineBlocks: true, report: () => undefined, leaveOut: () => undefined, takeRegexes: upTo(ATOMS_MAX) };
  for (const [index, policy] of list.entries()) {
    const at = [...path, "policies", index];
    reportName(policy, at, names, report);
    try {
      const votes = readVotes(policy, at, asItRuns);
      meant.push(...readVotes(policy, at, silent));
      running.push(...votes);
    } catch (error) {
      if (!(error instanceof NotReadable)) throw error;
      leaveOut(at, error);
    }
  }
  for (const crossing of findCrossings(running)) report({ ...crossing, path: [...path, "policies"] });
  reportProcessorSettings(raw, path, report);
  const trace = readTraceSettings(raw, path, report);
  const tiers = tiersAsItRuns(running);
  const tooMany = "takes more tiers than a policy has, because its policies draw with many different salts";
  if (tiers === undefined) report({ severity: "warning", path: [...path, "policies"], message: tooMany });
  else if (running.length > 0) result.asItRuns = policyOf({ scope: "trace", ...trace, tiers }, "as it runs", path, report);
  if (running.length > 0) result.asMeant = policyOf({ scope: "trace", ...trace, tiers: tiersAsMeant(meant) }, "as meant", path, report);
}

function upTo(max: number): (count: number) => boolean {
  let taken = 0;
  return (count) => {
    taken += count;
    return taken <= max;
  };
}

/** A Collector starts with neither an empty name nor one twice. */
function reportName(policy: unknown, at: Path, names: Set<string>, report: Reading["report"]) {
  const name = isMap(policy) ? String(policy.name ?? "") : "";
  if (name !== "" && !names.has(name)) return void names.add(name);
  let other = name === "" ? `policy ${names.size + 1}` : `${name} (2)`;
  for (let number = 3; names.has(other); number++) other = name === "" ? `policy ${names.size + number}` : `${name} (${number})`;
  names.add(other);
  const problem = name === "" ? "has no name" : `"${name}" is the name of an earlier policy`;
  const mends = isMap(policy)
    ? [{ label: `Name it ${other}`, changes: "The Collector then starts with it.", edits: [{ kind: "set" as const, path: [...at, "name"], value: other }] }]
    : [];
  report({ severity: "error", path: at, message: `${problem}; the Collector does not start with it`, mends });
}

function importProbabilistic(result: ImportedProcessor, raw: Raw, path: Path, report: Reading["report"]) {
  const percentage = numberAt(raw, "sampling_percentage", path);
  if (percentage < 0) throw new NotReadable([...path, "sampling_percentage"], `must be 0 or more, got ${percentage}`, true);
  const mode = raw.mode ?? "";
  if (mode === "equalizing") {
    report({
      severity: "warning",
      path: [...path, "mode"],
      message: "equalizing keeps what was sampled before as it is; a ratio here takes its share of what arrives",
    });
  } else if (mode === "" || mode === "hash_seed") {
    report({ severity: "info", path, message: "draws with a hash of its own: the share is the same here, the traces that are kept are others" });
  }
  report({
    severity: "info",
    path,
    message: "asks the attribute sampling.priority of each span first: above 0 keeps it, 0 drops it, whatever the share; here the share alone decides",
    mend: "Where spans carry it, write two tiers for it before the default.",
  });
  const tiers: Tier[] = [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: Math.min(1, percentage / 100) } }];
  result.asItRuns = policyOf({ scope: "span", tiers }, "as it runs", path, report);
  result.asMeant = result.asItRuns;
}

/** What does not fit the bounds of a policy is said with their words. */
function policyOf(input: unknown, which: string, path: Path, report: Reading["report"]): SamplingPolicy | null {
  const parsed = parseOrProblems(samplingPolicySchema, input);
  if (parsed.ok) return parsed.value;
  report({ severity: "warning", path, message: `does not fit into a policy ${which}: ${formatProblem(parsed.problems[0])}` });
  return null;
}

function pipelinesWith(id: string, root: Raw): string[] {
  const pipelines = isMap(root.service) && isMap(root.service.pipelines) ? root.service.pipelines : {};
  return Object.entries(pipelines).flatMap(([name, pipeline]) =>
    isMap(pipeline) && Array.isArray(pipeline.processors) && pipeline.processors.includes(id) ? [name] : [],
  );
}
