import type { AttributeOp, Condition, SpanKindName, TextMatch } from "#domain/sampling/condition.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { parsePercent, percentDigits } from "./percent.ts";
import { type DraftTraceSettings, draftTraceSettings, traceSettingsInput } from "./traceDraft.ts";
import { fieldNumber, typedNumber } from "./typedNumber.ts";

export type AttributeValueType = "text" | "number" | "boolean";

/** A condition while it is edited: numbers are the text as typed, so that a wrong one can stand in its field until it is put right. */
export type DraftCondition =
  | { id: number; kind: "always" }
  | { id: number; kind: "status"; is: "error" | "ok" | "unset" }
  | { id: number; kind: "latency"; aboveMs: string }
  | { id: number; kind: "endpoint"; match: TextMatch; values: string[] }
  | { id: number; kind: "service"; match: TextMatch; values: string[] }
  | { id: number; kind: "attribute"; key: string; in: "span" | "resource"; op: AttributeOp; valueType: AttributeValueType; value: string }
  | { id: number; kind: "spanKind"; is: SpanKindName }
  | { id: number; kind: "spanCount"; atLeast: string }
  | { id: number; kind: "sameSpan"; of: DraftCondition }
  | { id: number; kind: "all"; of: DraftCondition[] }
  | { id: number; kind: "any"; of: DraftCondition[] }
  | { id: number; kind: "not"; of: DraftCondition };

export type ConditionKind = DraftCondition["kind"];
export type KeepKind = "ratio" | "budget";
/** What was entered for the way of keeping that is not chosen stays, so that one can look at the other and come back. */
export type DraftTier = { id: number; name: string; condition: DraftCondition; keep: KeepKind; keepPercent: string; keepPerS: string };
/** `nextId` gives every tier and condition a name of its own, which stays through moves and undo. `trace` stays while the scope is span. */
export type DraftPolicy = { scope: "span" | "trace"; trace: DraftTraceSettings; tiers: DraftTier[]; nextId: number };

export function draftFromPolicy(policy: SamplingPolicy): DraftPolicy {
  let nextId = 1;
  const takeId = () => nextId++;
  const tiers = policy.tiers.map(({ name, condition, keep }) => ({
    id: takeId(),
    name,
    condition: draftCondition(condition, takeId),
    keep: keep.kind,
    keepPercent: keep.kind === "ratio" ? percentDigits(keep.ratio) : "100",
    keepPerS: keep.kind === "budget" ? fieldNumber(keep.spansPerSecond) : "",
  }));
  return { scope: policy.scope, trace: draftTraceSettings(policy), tiers, nextId };
}

export function draftCondition(condition: Condition, takeId: () => number): DraftCondition {
  const id = takeId();
  switch (condition.kind) {
    case "latency":
      return { id, kind: "latency", aboveMs: String(condition.aboveMs) };
    case "endpoint":
    case "service":
      return { id, kind: condition.kind, match: condition.match, values: [...condition.values] };
    case "attribute": {
      const { value } = condition;
      const valueType = typeof value === "number" ? "number" : typeof value === "boolean" ? "boolean" : "text";
      return { id, kind: "attribute", key: condition.key, in: condition.in, op: condition.op, valueType, value: value === undefined ? "" : String(value) };
    }
    case "all":
    case "any":
      return { id, kind: condition.kind, of: condition.of.map((child) => draftCondition(child, takeId)) };
    case "not":
    case "sameSpan":
      return { id, kind: condition.kind, of: draftCondition(condition.of, takeId) };
    case "spanCount":
      return { id, kind: "spanCount", atLeast: fieldNumber(condition.atLeast) };
    default:
      return { id, ...condition };
  }
}

/** What the schema is asked about. A number that can't be read goes in as the text that was typed, so that the problem names it. */
export function policyInput(draft: DraftPolicy): unknown {
  return {
    scope: draft.scope,
    ...(draft.scope === "trace" ? traceSettingsInput(draft.trace) : {}),
    tiers: draft.tiers.map((tier) => ({ name: tier.name, condition: conditionInput(tier.condition), keep: keepInput(tier) })),
  };
}

function keepInput(tier: DraftTier): unknown {
  return tier.keep === "ratio"
    ? { kind: "ratio", ratio: parsePercent(tier.keepPercent) ?? tier.keepPercent }
    : { kind: "budget", spansPerSecond: typedNumber(tier.keepPerS) ?? tier.keepPerS };
}

export function conditionInput(condition: DraftCondition): unknown {
  switch (condition.kind) {
    case "latency":
      return { kind: "latency", aboveMs: typedNumber(condition.aboveMs) ?? condition.aboveMs };
    case "attribute": {
      const { key, op } = condition;
      return { kind: "attribute", key, in: condition.in, op, ...(op === "exists" ? {} : { value: attributeValue(condition.valueType, condition.value) }) };
    }
    case "all":
    case "any":
      return { kind: condition.kind, of: condition.of.map(conditionInput) };
    case "not":
    case "sameSpan":
      return { kind: condition.kind, of: conditionInput(condition.of) };
    case "spanCount":
      return { kind: "spanCount", atLeast: typedNumber(condition.atLeast) ?? condition.atLeast };
    default: {
      const { id: _id, ...rest } = condition;
      return rest;
    }
  }
}

function attributeValue(type: AttributeValueType, value: string): string | number | boolean {
  if (type === "number") return numberOrText(value);
  if (type === "boolean") return value === "true";
  return value;
}

function numberOrText(text: string): number | string {
  const trimmed = text.trim();
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : text;
}
