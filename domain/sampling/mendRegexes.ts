import type { Condition } from "./condition.ts";
import { type CheaperText, costOf } from "./lintRegexes.ts";
import type { Mend } from "./policyHints.ts";
import type { SamplingPolicy } from "./samplingPolicy.ts";

type Found = { path: string; message: string; mend: Mend | null };
/** One expression of a condition: why it costs, and the condition without it where that can be said. */
type Costly = { path: string; message: string; cheaper: CheaperText | undefined; replaced: Condition | undefined };

/** Expressions that cost more than what they say, each with the policy that says the same for less. */
export function cheaperRegexes(policy: SamplingPolicy): Found[] {
  return policy.tiers.flatMap((tier, place) =>
    costly(tier.condition, `tiers[${place}].condition`).map(({ path, message, cheaper, replaced }): Found => {
      if (cheaper === undefined || replaced === undefined) return { path, message, mend: null };
      const tiers = policy.tiers.map((one, at) => (at === place ? { ...one, condition: replaced } : one));
      // A dot is any character but a line break, so without `.*` at an anchored end a text with one may match as well.
      const changes = cheaper.match === "regex" ? "Texts with a line break in them may match now; all others match as before." : null;
      return { path, message, mend: { label: `Use ${cheaper.match} “${cheaper.text}”`, changes, policy: { ...policy, tiers } } };
    }),
  );
}

function costly(condition: Condition, path: string): Costly[] {
  const inside = (part: Condition, at: string, rebuild: (part: Condition) => Condition) =>
    costly(part, `${path}.${at}`).map((one) => ({ ...one, replaced: one.replaced && rebuild(one.replaced) }));
  switch (condition.kind) {
    case "endpoint":
    case "service":
      return condition.match === "regex" ? condition.values.flatMap((pattern, at) => ofValue(condition, pattern, at, `${path}.values[${at}]`)) : [];
    case "attribute": {
      const cost = condition.op === "regex" ? costOf(String(condition.value), true) : undefined;
      if (cost === undefined) return [];
      const { message, cheaper } = cost;
      const op = cheaper?.match === "exact" ? "equals" : cheaper?.match;
      return [{ path: `${path}.value`, message, cheaper, replaced: op && cheaper && { ...condition, op, value: cheaper.text } }];
    }
    case "not":
    case "sameSpan":
      return inside(condition.of, "of", (of) => ({ ...condition, of }));
    case "all":
    case "any":
      return condition.of.flatMap((part, index) => inside(part, `of[${index}]`, (of) => ({ ...condition, of: condition.of.with(index, of) })));
    default:
      return [];
  }
}

/** One value of several: a cheaper one with another match stands beside the rest. */
function ofValue(condition: Extract<Condition, { kind: "endpoint" | "service" }>, pattern: string, at: number, path: string): Costly[] {
  const cost = costOf(pattern, false);
  if (cost === undefined) return [];
  const { message, cheaper } = cost;
  if (cheaper === undefined) return [{ path, message, cheaper, replaced: undefined }];
  if (cheaper.match === "regex") return [{ path, message, cheaper, replaced: { ...condition, values: condition.values.with(at, cheaper.text) } }];
  const own: Condition = { kind: condition.kind, match: cheaper.match, values: [cheaper.text] };
  const rest = condition.values.filter((_, index) => index !== at);
  return [{ path, message, cheaper, replaced: rest.length === 0 ? own : { kind: "any", of: [{ ...condition, values: rest }, own] } }];
}
