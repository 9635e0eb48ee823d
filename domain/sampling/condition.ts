import { z } from "zod";
import { compilePattern, isPlainPattern } from "./textPattern.ts";

/** Bounds of one condition; the compiled matcher and the form rely on them. */
export const CONDITION_DEPTH_MAX = 8;
export const VALUES_MAX = 100;
export const VALUE_LENGTH_MAX = 256;
export const SPAN_COUNT_MAX = 10_000_000;

export type TextMatch = "exact" | "prefix" | "contains" | "regex";
export type AttributeOp = "equals" | "notEquals" | "above" | "atLeast" | "below" | "atMost" | "contains" | "prefix" | "regex" | "exists";
export type SpanKindName = "unspecified" | "internal" | "server" | "client" | "producer" | "consumer";

/**
 * What a tier matches. `endpoint` looks at the span name and the string attributes `http.route`, `url.path`, `rpc.method`; `service` at the
 * resource's `service.name`. A regular expression is RE2 and matches anywhere unless anchored. Numbers compare as IEEE doubles; `notEquals` needs
 * the attribute to be there; where a key stands twice, one occurrence that fits is enough. `latency` is end minus start, strictly above; a time of 0
 * is not set, and without both times there is no latency.
 *
 * In trace scope a comparison holds for a trace when it holds for any of its spans, each by itself: `all`, `any` and `not` then combine what holds for
 * the trace, so `all [status error, service payments]` also matches where one span has the error and another is of payments. `sameSpan` asks that one
 * span fulfils all of `of` by itself. Outside it, `latency` is that of the trace: last end minus first start. `spanCount` counts the trace's spans.
 */
export type Condition =
  | { kind: "always" }
  | { kind: "status"; is: "error" | "ok" | "unset" }
  | { kind: "latency"; aboveMs: number }
  | { kind: "endpoint"; match: TextMatch; values: string[] }
  | { kind: "service"; match: TextMatch; values: string[] }
  | { kind: "attribute"; key: string; in: "span" | "resource"; op: AttributeOp; value?: string | number | boolean }
  | { kind: "spanKind"; is: SpanKindName }
  | { kind: "spanCount"; atLeast: number }
  | { kind: "sameSpan"; of: Condition }
  | { kind: "all"; of: Condition[] }
  | { kind: "any"; of: Condition[] }
  | { kind: "not"; of: Condition };

export const NUMBER_OPS: readonly AttributeOp[] = ["above", "atLeast", "below", "atMost"];
export const TEXT_OPS: readonly AttributeOp[] = ["contains", "prefix", "regex"];

const NOT_WELL_FORMED = "must be well-formed Unicode; it has half of a surrogate pair";

const textMatch = z.enum(["exact", "prefix", "contains", "regex"], "must be exact, prefix, contains or regex");
const text = z
  .string("must be a text")
  .min(1, "must not be empty")
  .max(VALUE_LENGTH_MAX, `must have at most ${VALUE_LENGTH_MAX} characters`)
  .refine((value) => value.isWellFormed(), NOT_WELL_FORMED);
const texts = z.array(text, "must be a list of texts").min(1, "must have at least one value").max(VALUES_MAX, `must have at most ${VALUES_MAX} values`);

type TextCondition = { match: TextMatch; values: string[] };
function checkRegexes(condition: TextCondition, ctx: z.RefinementCtx) {
  if (condition.match !== "regex") return;
  for (const [index, value] of condition.values.entries()) {
    const problem = re2Problem(value);
    if (problem) ctx.addIssue({ code: "custom", path: ["values", index], message: problem });
  }
}

/** `undefined` when `pattern` is a valid RE2 regular expression, else a sentence that says what is wrong. */
export function re2Problem(pattern: string): string | undefined {
  if (isPlainPattern(pattern)) return undefined;
  try {
    compilePattern(pattern);
    return undefined;
  } catch (error) {
    return `must be a valid RE2 regular expression: ${error instanceof Error ? error.message : String(error)}`;
  }
}

const attribute = z
  .strictObject({
    kind: z.literal("attribute"),
    key: text,
    in: z.enum(["span", "resource"], "must be span or resource").default("span"),
    op: z.enum(
      ["equals", "notEquals", "above", "atLeast", "below", "atMost", "contains", "prefix", "regex", "exists"],
      "must be equals, notEquals, above, atLeast, below, atMost, contains, prefix, regex or exists",
    ),
    value: z.union([z.string(), z.number(), z.boolean()], "must be a text, a number or a boolean").optional(),
  })
  .superRefine((condition, ctx) => {
    const problem = attributeValueProblem(condition.op, condition.value);
    if (problem) ctx.addIssue({ code: "custom", path: ["value"], message: problem });
  });

function attributeValueProblem(op: AttributeOp, value: string | number | boolean | undefined): string | undefined {
  if (op === "exists") return value === undefined ? undefined : "must be left out with exists";
  if (value === undefined) return `must be given with ${op}`;
  if (typeof value === "string") {
    if (value.length > VALUE_LENGTH_MAX) return `must have at most ${VALUE_LENGTH_MAX} characters`;
    // Such a text has no bytes of its own: what arrives is compared as UTF-8.
    if (!value.isWellFormed()) return NOT_WELL_FORMED;
  }
  if (NUMBER_OPS.includes(op)) return typeof value === "number" ? undefined : `must be a number with ${op}, got ${JSON.stringify(value)}`;
  if (TEXT_OPS.includes(op)) {
    if (typeof value !== "string" || value === "") return `must be a text that is not empty with ${op}, got ${JSON.stringify(value)}`;
    return op === "regex" ? re2Problem(value) : undefined;
  }
  return undefined;
}

const leaf = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("always") }),
    z.strictObject({ kind: z.literal("status"), is: z.enum(["error", "ok", "unset"], "must be error, ok or unset") }),
    z.strictObject({
      kind: z.literal("latency"),
      aboveMs: z.number("must be a number of milliseconds").min(0, "must be 0 or more").max(86_400_000, "must be at most 86400000 (one day)"),
    }),
    z.strictObject({ kind: z.literal("endpoint"), match: textMatch, values: texts }).superRefine(checkRegexes),
    z.strictObject({ kind: z.literal("service"), match: textMatch, values: texts }).superRefine(checkRegexes),
    attribute,
    z.strictObject({
      kind: z.literal("spanKind"),
      is: z.enum(
        ["unspecified", "internal", "server", "client", "producer", "consumer"],
        "must be unspecified, internal, server, client, producer or consumer",
      ),
    }),
    z.strictObject({
      kind: z.literal("spanCount"),
      atLeast: z
        .int("must be a whole number of spans")
        .min(1, `must be between 1 and ${SPAN_COUNT_MAX} spans`)
        .max(SPAN_COUNT_MAX, `must be between 1 and ${SPAN_COUNT_MAX} spans`),
    }),
    z.strictObject({ kind: z.literal("sameSpan"), of: z.lazy(() => inner) }),
    z.strictObject({ kind: z.literal("all"), of: z.lazy(() => list) }),
    z.strictObject({ kind: z.literal("any"), of: z.lazy(() => list) }),
    z.strictObject({ kind: z.literal("not"), of: z.lazy(() => inner) }),
  ],
  "must have a kind: always, status, latency, endpoint, service, attribute, spanKind, spanCount, sameSpan, all, any or not",
);
const inner: z.ZodType<Condition> = leaf as unknown as z.ZodType<Condition>;
const list: z.ZodType<Condition[]> = z
  .array(inner, "must be a list of conditions")
  .min(1, "must have at least one condition")
  .max(VALUES_MAX, `must have at most ${VALUES_MAX} conditions`);

/** Depth is checked on the raw input first, so that a hostile one can't exhaust the stack. */
export const conditionSchema: z.ZodType<Condition> = z
  .unknown()
  .superRefine((input, ctx) => {
    if (deeperThan(input, CONDITION_DEPTH_MAX))
      ctx.addIssue({ code: "custom", continue: false, message: `must be nested at most ${CONDITION_DEPTH_MAX} deep` });
  })
  .pipe(inner) as unknown as z.ZodType<Condition>;

function deeperThan(input: unknown, levels: number): boolean {
  if (typeof input !== "object" || input === null) return false;
  if (levels === 0) return true;
  const of = (input as { of?: unknown }).of;
  return Array.isArray(of) ? of.some((child) => deeperThan(child, levels - 1)) : deeperThan(of, levels - 1);
}

/** How many single comparisons a condition has (what the matcher keeps a bit for). */
export function countAtoms(condition: Condition): number {
  switch (condition.kind) {
    case "always":
      return 0;
    case "all":
    case "any":
      return condition.of.reduce((sum, child) => sum + countAtoms(child), 0);
    case "not":
      return countAtoms(condition.of);
    case "sameSpan":
      return countAtoms(condition.of) + 1;
    default:
      return 1;
  }
}

/** Where in `condition` something stands that its scope can't answer, with what to do about it; undefined when all of it can be. */
export function scopeProblem(
  condition: Condition,
  scope: "span" | "trace",
  path: PropertyKey[] = [],
  inSameSpan = false,
): { path: PropertyKey[]; message: string } | undefined {
  switch (condition.kind) {
    case "spanCount":
      if (scope === "span") return { path, message: "counts the spans of a trace; set scope: trace, or remove it" };
      return inSameSpan ? { path, message: "counts the spans of a trace, so it can't stand inside sameSpan; put it beside it in an all" } : undefined;
    case "sameSpan":
      if (inSameSpan) return { path, message: "stands inside sameSpan already; remove the inner one" };
      return scopeProblem(condition.of, scope, [...path, "of"], true);
    case "not":
      return scopeProblem(condition.of, scope, [...path, "of"], inSameSpan);
    case "all":
    case "any":
      for (const [index, child] of condition.of.entries()) {
        const problem = scopeProblem(child, scope, [...path, "of", index], inSameSpan);
        if (problem) return problem;
      }
      return undefined;
    default:
      return undefined;
  }
}
