import type { Condition } from "../sampling/condition.ts";
import type { Finding } from "../validation/finding.ts";
import { booleanAttribute, numericAttribute, stringAttribute } from "./attributeConditions.ts";
import type { YamlMend } from "./editYaml.ts";
import { nearestName } from "./nearestName.ts";
import { blocksAt, type Place, typeProblem } from "./policySchema.ts";
import { isMap, listAt, mapAt, type NotReadable, notExpressible, numberAt, type Raw, textAt, textsAt, wholeNumberAt, writing, wrong } from "./rawValues.ts";
import { readComposite } from "./readComposite.ts";
import { NotOttl, readOttl } from "./readOttl.ts";
import { ALWAYS, allOf, anyOf, NEVER, notOf, type Vote } from "./votes.ts";

type Path = readonly PropertyKey[];

/** Those that narrow what a policy samples when they are meant to be combined with its own. */
const COMBINABLE = new Set(["latency", "numeric_attribute", "probabilistic", "status_code", "string_attribute", "span_count", "boolean_attribute"]);
const DEFAULT_SALT = "default-hash-seed";

/** Whether blocks that stand beside the one of the policy's type are combined with it, as they look, or ignored, as the Collector does. */
export type Reading = {
  combineBlocks: boolean;
  report: (finding: { severity: Finding["severity"]; path: Path; message: string; mend?: string; mends?: readonly YamlMend[] }) => void;
  /** Takes a part of a policy that can't be read while the rest of it can. */
  leaveOut: (path: Path, error: NotReadable) => void;
  /** Whether so many more may be read; compiling thousands would hold the page for seconds, and no policy has room for them. */
  takeRegexes: (count: number) => boolean;
};

/** One policy as votes: one, or those of a composite. Throws NotReadable with the place of what the Collector refuses or a policy of ours can't say. */
export function readVotes(raw: unknown, path: Path, reading: Reading): Vote[] {
  if (!isMap(raw) || raw.type !== "composite") return [readVote(raw, path, reading, "top")];
  const { name } = headOf(raw, path, "top", reading);
  return readComposite(name, mapAt(raw, "composite", path), [...path, "composite"], reading, (sub, at) => readVote(sub, at, reading, "composite"));
}

function readVote(raw: unknown, path: Path, reading: Reading, place: Place): Vote {
  if (!isMap(raw)) throw wrong(path, "must be a policy: a map with name and type");
  const { name, type, others } = headOf(raw, path, place, reading);
  const own = voteOf(raw, type, path, reading);
  const combined = reading.combineBlocks ? others.filter((other) => COMBINABLE.has(other)).map((other) => voteOf(raw, other, path, reading)) : [];
  return { ...together([own, ...combined], path), name, drop: own.drop };
}

/** What every policy has, and the blocks that stand beside the one of its type. */
function headOf(raw: Raw, path: Path, place: Place, reading: Reading): { name: string; type: string; others: string[] } {
  const name = textAt(raw, "name", path);
  const type = textAt(raw, "type", path);
  if (type === "") throw wrong(path, "has no type, so the Collector does not start with it");
  const problem = typeProblem(type, place);
  if (problem) throw wrong([...path, "type"], problem);
  const blocks = blocksAt(place);
  const others = Object.keys(blocks).filter((block) => block !== type && raw[block] !== undefined && raw[block] !== null);
  for (const other of others) {
    reading.report({
      severity: "warning",
      path: [...path, other],
      message: `stands beside type ${type} and is silently ignored: it looks as if both counted, but only ${type} does`,
      mends: [...combining(raw, path, type, others, place), removing([...path, other], other, null)],
    });
  }
  reportUnknown(raw, path, type, blocks, reading);
  if (Object.hasOwn(blocks, type) && (raw[type] === undefined || raw[type] === null))
    reading.report({ severity: "warning", path, message: `has no ${type} block, so all of its settings are 0 or empty`, mend: `Add a ${type} block.` });
  return { name, type, others };
}

/** One policy of type `and` out of the blocks that stand side by side, where there may be one. */
function combining(raw: Raw, path: Path, type: string, others: readonly string[], place: Place): YamlMend[] {
  const parts = [type, ...others];
  if (place === "and" || place === "drop" || place === "not" || !parts.every((part) => COMBINABLE.has(part) && isMap(raw[part]))) return [];
  const subs = parts.map((part) => ({ name: part, type: part, [part]: raw[part] }));
  const value = { name: raw.name, type: "and", and: { and_sub_policy: subs } };
  return [{ label: `Combine ${inWords(parts)}`, changes: "The policy then samples only where all of them hold.", edits: [{ kind: "set", path, value }] }];
}

const inWords = (names: readonly string[]) => `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

function removing(path: Path, what: string, changes: string | null): YamlMend {
  return { label: `Remove ${what.slice(0, 40)}`, changes, edits: [{ kind: "remove", path }] };
}

/** What no policy has: a block of its own is taken for that of an extension, anything else keeps the Collector from starting. */
function reportUnknown(raw: Raw, path: Path, type: string, blocks: Record<string, readonly string[]>, reading: Reading): void {
  for (const [key, value] of Object.entries(raw)) {
    if (key === "name" || key === "type") continue;
    const at = [...path, key];
    if (!Object.hasOwn(blocks, key)) {
      const ignored = value === null || isMap(value);
      const message = ignored ? "is no setting of a policy here, and is silently ignored" : "is no setting of a policy; the Collector does not start with it";
      const changes = ignored ? null : "The Collector then starts with it.";
      const meant = nearestName(key, raw[type] === undefined ? [type] : []);
      const renamed = meant === undefined ? [] : [renaming(at, meant, "The policy then does what its settings say.")];
      reading.report({ severity: ignored ? "warning" : "error", path: at, message, mends: [...renamed, removing(at, key, changes)] });
    } else if (isMap(value)) {
      const settings = blocks[key];
      for (const setting of Object.keys(value).filter((one) => !settings.includes(one))) reportSetting([...at, setting], key, settings, value, reading);
    }
  }
}

function reportSetting(path: Path, block: string, settings: readonly string[], value: Raw, { report }: Reading): void {
  const setting = String(path.at(-1));
  const meant = nearestName(
    setting,
    settings.filter((one) => value[one] === undefined),
  );
  report({
    severity: "error",
    path,
    message: `is no setting of ${block}, which has ${inWords(settings)}; the Collector does not start with it`,
    mends: [
      ...(meant === undefined ? [] : [renaming(path, meant, "The Collector then starts with it.")]),
      removing(path, setting, "The Collector then starts with it."),
    ],
  });
}

function renaming(path: Path, to: string, changes: string): YamlMend {
  return { label: `Rename it to ${to}`, changes, edits: [{ kind: "rename", path, to }] };
}

function voteOf(raw: Raw, type: string, path: Path, reading: Reading): Vote {
  const settings = mapAt(raw, type, path);
  const at = [...path, type];
  const where = (condition: Condition): Vote => ({ name: "", condition, ratio: 1, salt: DEFAULT_SALT, drop: false });
  const subs = (key: string, place: Place) => listAt(settings, key, at).map((sub, index) => readVote(sub, [...at, key, index], reading, place));
  switch (type) {
    case "always_sample":
      return where(ALWAYS);
    case "latency":
      return where(latency(settings, at, reading));
    case "status_code":
      return where(statusCode(settings, at));
    case "string_attribute":
      return where(stringAttribute(settings, at, reading));
    case "numeric_attribute":
      return where(numericAttribute(settings, at, reading));
    case "boolean_attribute":
      return where(booleanAttribute(settings, at));
    case "span_count": {
      const min = wholeNumberAt(settings, "min_spans", at);
      const max = wholeNumberAt(settings, "max_spans", at);
      return where(
        allOf([min > 0 ? { kind: "spanCount", atLeast: min } : ALWAYS, max === 0 ? ALWAYS : notOf({ kind: "spanCount", atLeast: Math.max(1, max + 1) })]),
      );
    }
    case "probabilistic": {
      const ratio = Math.min(1, Math.max(0, numberAt(settings, "sampling_percentage", at) / 100));
      return { ...where(ALWAYS), ratio, salt: textAt(settings, "hash_salt", at) || DEFAULT_SALT };
    }
    case "rate_limiting":
      return { ...where(ALWAYS), budget: rateLimit(settings, at, reading) };
    case "and": {
      const votes = subs("and_sub_policy", "and");
      if (votes.length === 0)
        reading.report({
          severity: "warning",
          path: at,
          message: "has no policies, so all of them hold: it samples everything",
          mends: [removing(path, "the policy", "The other policies then decide what is kept.")],
        });
      return together(votes, at);
    }
    case "drop": {
      const votes = subs("drop_sub_policy", "drop");
      if (votes.length === 0)
        reading.report({
          severity: "warning",
          path: at,
          message: "has no policies, so all of them hold: it drops everything",
          mends: [removing(path, "the policy", "The other policies then decide what is kept.")],
        });
      const vote = together(votes, at);
      if (vote.budget !== undefined || vote.ratio < 1) throw notExpressible(at, "drops a share or a rate, whatever other policies say");
      return { ...vote, drop: true };
    }
    case "not": {
      const sub = readVote(settings.not_sub_policy, [...at, "not_sub_policy"], reading, "not");
      if (sub.budget !== undefined || (sub.ratio !== 0 && sub.ratio !== 1)) throw notExpressible(at, "the opposite of a share or a rate has no tier");
      return where(sub.ratio === 1 ? notOf(sub.condition) : ALWAYS);
    }
    case "bytes_limiting":
      throw notExpressible(at, "limits bytes; a budget counts spans: divide by the bytes of a span, and write a tier with that budget");
    case "trace_state":
      throw notExpressible(at, "looks at tracestate, which no condition does");
    case "trace_flags":
      throw notExpressible(at, "looks at trace flags, which no condition does");
    default:
      return where(ottlCondition(settings, at, reading));
  }
}

/** One of its conditions for one span is enough. */
function ottlCondition(settings: Raw, path: Path, reading: Reading): Condition {
  const texts = textsAt(settings, "span", path);
  if (textsAt(settings, "spanevent", path).length > 0) throw notExpressible([...path, "spanevent"], "looks at the events of a span, which no condition does");
  if (texts.length === 0) throw wrong(path, "must have at least one condition");
  return anyOf(
    texts.map((text, index) => {
      const at = [...path, "span", index];
      try {
        const condition = readOttl(text);
        if (/\bIsMatch\(\s*(?:span\.|resource\.)?attributes/.test(text) && !text.includes("IsString("))
          reading.report({ severity: "info", path: at, message: "matches numbers and lists too, written as text; here texts alone are matched" });
        return ofOneSpan(condition);
      } catch (error) {
        if (!(error instanceof NotOttl)) throw error;
        throw notExpressible(at, `${error.message}: not all of OTTL has a condition here`);
      }
    }),
  );
}

function ofOneSpan(condition: Condition): Condition {
  const ofATrace = condition.kind === "latency" || condition.kind === "not" || condition.kind === "all" || condition.kind === "any";
  return ofATrace && JSON.stringify(condition) !== JSON.stringify(NEVER) ? { kind: "sameSpan", of: condition } : condition;
}

/** All of them have to sample. */
function together(votes: readonly Vote[], path: Path): Vote {
  const shares = votes.filter((vote) => vote.ratio < 1);
  const budgets = votes.filter((vote) => vote.budget !== undefined);
  if (new Set(shares.map((vote) => vote.salt)).size > 1) throw notExpressible(path, "combines shares with different salts");
  if (budgets.length > 1) throw notExpressible(path, "combines two rates");
  if (budgets.length > 0 && shares.length > 0) throw notExpressible(path, "combines a share and a rate; a tier has one of them");
  return {
    name: "",
    condition: allOf(votes.map((vote) => vote.condition)),
    // The draws of one salt are nested: within the smallest share is within all of them.
    ratio: Math.min(1, ...shares.map((vote) => vote.ratio)),
    salt: shares[0]?.salt ?? DEFAULT_SALT,
    ...(budgets[0] ? { budget: budgets[0].budget } : {}),
    drop: false,
  };
}

/** In spans/s; what the rate does that a budget does not is reported. */
function rateLimit(settings: Raw, path: Path, reading: Reading): number {
  const perSecond = Math.max(0, wholeNumberAt(settings, "spans_per_second", path));
  const burst = wholeNumberAt(settings, "burst_capacity", path);
  const message = `counts every trace that it matches, also those that other policies sample, and lets none of more than ${burst > 0 ? burst : 2 * perSecond} spans through; a budget here counts what the tiers above it leave`;
  reading.report({ severity: "info", path, message });
  return perSecond;
}

/** Whole milliseconds, rounded down, have to be above the threshold, and at most the upper one where there is one. */
function latency(settings: Raw, path: Path, reading: Reading): Condition {
  const threshold = wholeNumberAt(settings, "threshold_ms", path);
  const upper = wholeNumberAt(settings, "upper_threshold_ms", path);
  // A nanosecond less than the next millisecond is exactly what runs; for what was meant the round number reads better.
  const above = (ms: number): Condition => (ms < 0 ? ALWAYS : { kind: "latency", aboveMs: reading.combineBlocks ? ms : ms + 0.999999 });
  if (upper === 0) return above(threshold);
  reading.report({
    severity: "warning",
    path: [...path, "upper_threshold_ms"],
    message: "is asked span by span as they came, so a longer trace is sampled too when its first spans alone lie within; here the whole trace counts",
  });
  return allOf([above(threshold), notOf(above(upper))]);
}

/** As it was probably meant, where it stands in a list. */
function inCapitals(settings: Raw, path: Path, code: string): YamlMend[] {
  return Array.isArray(settings.status_codes) && Object.hasOwn(STATUS, code.toUpperCase()) ? [writing(path, code.toUpperCase())] : [];
}

const STATUS = { OK: "ok", ERROR: "error", UNSET: "unset" } as const;

function statusCode(settings: Raw, path: Path): Condition {
  const codes = textsAt(settings, "status_codes", path);
  if (codes.length === 0) throw wrong([...path, "status_codes"], "must have at least one of OK, ERROR, UNSET");
  return anyOf(
    codes.map((code, index): Condition => {
      if (!Object.hasOwn(STATUS, code))
        throw wrong(
          [...path, "status_codes", index],
          `must be OK, ERROR or UNSET, got ${JSON.stringify(code).slice(0, 60)}`,
          inCapitals(settings, [...path, "status_codes", index], code),
        );
      return { kind: "status", is: STATUS[code as keyof typeof STATUS] };
    }),
  );
}
