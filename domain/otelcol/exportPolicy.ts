import { stringify } from "yaml";
import { formatRatio } from "../sampling/formatRatio.ts";
import type { SamplingPolicy, Tier } from "../sampling/samplingPolicy.ts";
import { conjunctionsOf, type Leaf, product } from "./conjunctions.ts";
import { NotWritable } from "./notWritable.ts";

/** `statements` says, tier by tier, what the YAML does not say or says a little differently; empty when it keeps the same shares. */
export type ExportedPolicy = { yaml: string; statements: string[] };

type Written = Leaf & { name: string };

/**
 * A policy as a `processors:` section for a Collector. tail_sampling ORs its policies, and shares of one salt are nested, so first-match tiers whose shares
 * never rise come out as they are; where a share rises, the later tier asks that the earlier one does not match; 0% at the top becomes a drop. A policy of
 * span scope with one tier becomes probabilistic_sampler.
 */
export function exportPolicy(policy: SamplingPolicy): ExportedPolicy {
  const [first] = policy.tiers;
  if (policy.scope === "span" && policy.tiers.length === 1 && first.keep.kind === "ratio") {
    const settings = { mode: "proportional", sampling_percentage: percentage(first.keep.ratio), sampling_precision: 14 };
    return { yaml: stringify({ processors: { probabilistic_sampler: settings } }), statements: [] };
  }
  const statements: string[] = [];
  if (policy.scope === "span")
    statements.push("This policy decides span by span; tail_sampling decides whole traces, so conditions hold for any span of a trace.");
  const policies: Written[] = [];
  const decided: Tier[] = [];
  for (const tier of policy.tiers) {
    const { written, remarks } = writeTier(tier, decided, tier === policy.tiers.at(-1), new Set(policies.map(({ name }) => name)));
    policies.push(...written);
    statements.push(...remarks);
    if (decided.length > 0 || !isDrop(tier)) decided.push(tier);
  }
  const settings = policy.scope === "trace" ? traceSettings(policy, statements) : {};
  // A Collector does not start without any policy; this one samples nothing.
  const nothing = { name: "nothing", type: "probabilistic", probabilistic: { sampling_percentage: 0 } };
  const list = policies.length > 0 ? policies : [nothing];
  return { yaml: stringify({ processors: { tail_sampling: { ...settings, policies: list.map(escaped) } } }, { aliasDuplicateObjects: false }), statements };
}

const isDrop = ({ keep }: Tier) => keep.kind === "ratio" && keep.ratio === 0;

/** `decided` are the tiers before it, but for the drops at the top, which rule over all others anyway. */
function writeTier(tier: Tier, decided: readonly Tier[], isLast: boolean, taken: Set<string>): { written: Written[]; remarks: string[] } {
  const remarks = new Set<string>();
  const remark = (message: string) => remarks.add(message);
  const said = (sentences: readonly string[]) => [...[...remarks].map((message) => `"${tier.name}" ${message}.`), ...sentences];
  if (isDrop(tier) && isLast) return { written: [], remarks: [] };
  let own: Leaf[][];
  try {
    own = conjunctionsOf(tier.condition, remark);
  } catch (error) {
    return { written: [], remarks: [`"${tier.name}" is left out: it ${reasonOf(error)}.`] };
  }
  // Further down what it matches is kept from the later tiers instead.
  if (isDrop(tier) && decided.length > 0) return { written: [], remarks: said([]) };
  const sentences: string[] = [];
  const crossed = decided.filter((earlier) => mayKeepMore(tier, earlier));
  try {
    own = product([own, ...crossed.map(({ condition }) => conjunctionsOf({ kind: "not", of: condition }, () => undefined))]);
  } catch (error) {
    reasonOf(error);
    const before = crossed.map(({ name, keep }) => `"${name}" (${keep.kind === "ratio" ? formatRatio(keep.ratio) : "a budget"})`).join(", ");
    sentences.push(`"${tier.name}" may keep more than ${before} before it: policies are OR-ed there, so what matches both may be kept by either.`);
  }
  if (tier.keep.kind === "budget") sentences.push(...budgetSentences(tier.name, tier.keep.spansPerSecond, own.length));
  return { written: policiesOf(tier, own, taken), remarks: said(sentences) };
}

/** The reason of what can't be written; throws anything else. */
function reasonOf(error: unknown): string {
  if (!(error instanceof NotWritable)) throw error;
  return error.message;
}

/** Whether what `earlier` decides might be kept by `tier`, as both are asked there. */
function mayKeepMore(tier: Tier, earlier: Tier): boolean {
  if (tier.keep.kind === "budget" || earlier.keep.kind === "budget") return true;
  return tier.keep.ratio > earlier.keep.ratio;
}

function budgetSentences(name: string, spansPerSecond: number, policies: number): string[] {
  const sentences = [`"${name}" has a budget for each collector; rate_limiting counts whole traces, second by second, in each Collector.`];
  if (!Number.isInteger(spansPerSecond)) sentences.push(`"${name}" has a budget of ${spansPerSecond} spans/s; ${wholeRate(spansPerSecond)} is written.`);
  if (policies > 1) sentences.push(`"${name}" takes ${policies} policies, and each has the whole rate.`);
  return sentences;
}

const wholeRate = (spansPerSecond: number) => Math.max(1, Math.floor(spansPerSecond));

/** One policy for each alternative, with the tier's share or rate beside what has to hold. */
function policiesOf(tier: Tier, conjunctions: readonly Leaf[][], taken: Set<string>): Written[] {
  const { keep } = tier;
  return conjunctions.map((conditions) => {
    let name = tier.name;
    for (let number = 2; taken.has(name); number++) name = `${tier.name} (${number})`;
    taken.add(name);
    const all = [...conditions];
    if (keep.kind === "budget") all.push({ type: "rate_limiting", rate_limiting: { spans_per_second: wholeRate(keep.spansPerSecond) } });
    else if (keep.ratio > 0 && keep.ratio < 1) all.push({ type: "probabilistic", probabilistic: { sampling_percentage: percentage(keep.ratio) } });
    if (all.length === 0) all.push({ type: "always_sample" });
    const subs = all.map((leaf, number) => ({ name: `${name} ${number + 1}`, ...leaf }));
    if (isDrop(tier)) return { name, type: "drop", drop: { drop_sub_policy: subs } };
    return all.length === 1 ? { name, ...all[0] } : { name, type: "and", and: { and_sub_policy: subs } };
  });
}

/** The waits in whole seconds is all that a Collector counts; its two caches together remember as many decisions. */
function traceSettings(policy: SamplingPolicy & { scope: "trace" }, statements: string[]) {
  const { decisionWaitMs, decisionWaitAfterRootMs, tracesMax, decisionCache } = policy;
  const earlier = decisionWaitAfterRootMs > 0 && decisionWaitAfterRootMs < decisionWaitMs;
  if (decisionWaitMs % 1_000 !== 0 || (earlier && decisionWaitAfterRootMs % 1_000 !== 0))
    statements.push("Its waits have parts of a second; tail_sampling counts whole seconds, rounded down, and waits at least one.");
  const sampled = Math.ceil(decisionCache.entriesMax / 2);
  return {
    decision_wait: duration(decisionWaitMs),
    ...(earlier ? { decision_wait_after_root_received: duration(decisionWaitAfterRootMs) } : {}),
    num_traces: tracesMax,
    decision_cache: { sampled_cache_size: sampled, non_sampled_cache_size: decisionCache.entriesMax - sampled },
  };
}

const duration = (ms: number) => (ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`);

/** A Collector reads `$$` as a dollar and looks up what stands in `${}`; texts with either have their dollars doubled. */
function escaped<T>(value: T): T {
  if (typeof value === "string") return (/\$[${]/.test(value) ? value.replaceAll("$", () => "$$") : value) as T;
  if (Array.isArray(value)) return value.map(escaped) as T;
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, escaped(one)])) as T;
  return value;
}

function percentage(ratio: number): number {
  return Number((ratio * 100).toPrecision(15));
}
