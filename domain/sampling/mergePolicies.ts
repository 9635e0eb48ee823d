import { type MergeChoices, type Merged, mergeValue, type Pick, picking } from "../merge/mergeValue.ts";
import { parseOrProblems } from "../validation/problems.ts";
import { mergeTiers } from "./mergeTiers.ts";
import { type SamplingPolicy, samplingPolicySchema } from "./samplingPolicy.ts";
import { TRACE_SETTING_NAMES, TRACE_SETTING_WORDS } from "./traceSettingWords.ts";

/**
 * Three-way merge of two policies that were made from the same one: what one side changed is taken over, what both changed to different values is a
 * conflict that `choices` decides. Tiers are the same by name (or by condition, when renamed); their order is the side's that moved some.
 */
export function mergePolicies(base: SamplingPolicy, theirs: SamplingPolicy, mine: SamplingPolicy, choices: MergeChoices = {}): Merged<SamplingPolicy> {
  const { pick, conflicts } = picking(choices);
  // Two values only: both sides can't have changed it to different ones.
  const scope = mergeValue(base.scope, theirs.scope, mine.scope)?.value ?? mine.scope;
  const settings = scope === "span" ? {} : mergeSettings(base, theirs, mine, pick);
  const tiers = mergeTiers([base.tiers, theirs.tiers, mine.tiers], pick);
  const parsed = parseOrProblems(samplingPolicySchema, { scope, ...settings, tiers });
  return { body: parsed.ok ? parsed.value : null, conflicts, problems: parsed.ok ? [] : parsed.problems };
}

function mergeSettings(base: SamplingPolicy, theirs: SamplingPolicy, mine: SamplingPolicy, pick: Pick): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  const cache: Record<string, unknown> = {};
  for (const name of TRACE_SETTING_NAMES) {
    const { words, value, format } = TRACE_SETTING_WORDS[name];
    const of = (policy: SamplingPolicy) => (policy.scope === "trace" ? value(policy) : undefined);
    const say = (number: number | undefined) => (number === undefined ? "none: single spans are decided" : format(number));
    const [ofBase, ofTheirs, ofMine] = [of(base), of(theirs), of(mine)];
    // Where one side decides spans it says nothing about waiting, so it leaves the other's word.
    const conflict = { id: `setting ${name}`, subject: words, base: say(ofBase), theirs: say(ofTheirs), mine: say(ofMine) };
    const taken = ofTheirs === undefined ? ofMine : ofMine === undefined ? ofTheirs : pick(conflict, ofBase, ofTheirs, ofMine);
    const [group, field] = name.split(".");
    if (field === undefined) settings[group] = taken;
    else cache[field] = taken;
  }
  return { ...settings, decisionCache: cache };
}
