import { type AttributeOp, type Condition, NUMBER_OPS, TEXT_OPS, type TextMatch } from "./condition.ts";
import { textImplies } from "./textImplies.ts";

export type SpanAtom = Extract<Condition, { kind: "status" | "latency" | "endpoint" | "service" | "attribute" | "spanKind" }>;
type AttributeAtom = Extract<Condition, { kind: "attribute" }>;

/** Whether every span that fulfils the comparison `a` fulfils `b`, where that can be told. False says nothing. */
export function atomImplies(a: SpanAtom, b: SpanAtom): boolean {
  switch (a.kind) {
    case "status":
      return b.kind === "status" && a.is === b.is;
    case "spanKind":
      return b.kind === "spanKind" && a.is === b.is;
    case "latency":
      return b.kind === "latency" && a.aboveMs >= b.aboveMs;
    case "endpoint":
    case "service":
      return b.kind === a.kind && a.values.every((value) => b.values.some((other) => textImplies({ match: a.match, value }, { match: b.match, value: other })));
    case "attribute":
      return b.kind === "attribute" && a.key === b.key && a.in === b.in && attributeImplies(a, b);
  }
}

/** Of one key: where it stands several times, the same occurrence does for both. */
function attributeImplies(a: AttributeAtom, b: AttributeAtom): boolean {
  if (b.op === "exists") return true;
  if (a.op === "exists") return false;
  if (a.op === b.op && a.value === b.value) return true;
  if (NUMBER_OPS.includes(b.op)) return numberImplies(a, b.op, Number(b.value));
  if (b.op === "equals") return false;
  const valuesOfB = { match: textMatch(b.op), value: String(b.value) };
  if (b.op === "notEquals") return a.op === "equals" && a.value !== b.value;
  if (a.op === "equals") return typeof a.value === "string" && textImplies({ match: "exact", value: a.value }, valuesOfB);
  return TEXT_OPS.includes(a.op) && textImplies({ match: textMatch(a.op), value: String(a.value) }, valuesOfB);
}

function textMatch(op: AttributeOp): TextMatch {
  return op === "prefix" || op === "contains" || op === "regex" ? op : "exact";
}

function numberImplies({ op, value: given }: AttributeAtom, wanted: AttributeOp, bound: number): boolean {
  if (typeof given !== "number") return false;
  const holds = { above: given > bound, atLeast: given >= bound, below: given < bound, atMost: given <= bound };
  if (op === "equals") return holds[wanted as keyof typeof holds];
  if (op === "above") return (wanted === "above" || wanted === "atLeast") && given >= bound;
  if (op === "atLeast") return (wanted === "above" && given > bound) || (wanted === "atLeast" && given >= bound);
  if (op === "below") return (wanted === "below" || wanted === "atMost") && given <= bound;
  if (op === "atMost") return (wanted === "below" && given < bound) || (wanted === "atMost" && given <= bound);
  return false;
}
