import type { YamlMend } from "./editYaml.ts";
import { isMap, listAt, NotReadable, notExpressible, type Raw, textAt, textsAt, wholeNumberAt, wrong } from "./rawValues.ts";
import type { Reading } from "./readVote.ts";
import type { Vote } from "./votes.ts";

type Path = readonly PropertyKey[];
type ReadSub = (raw: unknown, path: Path) => Vote;

/**
 * A composite as votes with a rate each, in the order in which they are tried: the first sub-policy that samples a trace decides it, and keeps it while its
 * rate lasts. That is what tiers with budgets do. What can't be said of a sub-policy is left out by itself. Throws NotReadable.
 */
export function readComposite(name: string, settings: Raw, path: Path, reading: Reading, readSub: ReadSub): Vote[] {
  const total = Math.max(0, wholeNumberAt(settings, "max_total_spans_per_second", path));
  const subs = listAt(settings, "composite_sub_policy", path);
  const percents = percentsAt(settings, path);
  const read = subs.flatMap((raw, index): { own: string; vote: Vote }[] => {
    const at = [...path, "composite_sub_policy", index];
    try {
      const vote = readSub(raw, at);
      if (vote.budget !== undefined) throw notExpressible(at, "has a rate of its own beside the one that composite gives it; a tier has one of them");
      if (vote.ratio < 1) throw notExpressible(at, "keeps a share under the rate that composite gives it; a tier has one of them");
      return [{ own: vote.name, vote: { ...vote, name: `${name}: ${vote.name}`, budget: rateOf(percents.get(vote.name), total, subs.length) } }];
    } catch (error) {
      if (!(error instanceof NotReadable)) throw error;
      reading.leaveOut(at, error);
      return [];
    }
  });
  const order = textsAt(settings, "policy_order", path);
  const names = subs.map((raw) => (isMap(raw) && typeof raw.name === "string" ? raw.name : ""));
  reportComposite({ names, order, percents, total, subs, path, reading });
  const place = ({ own }: { own: string }) => (order.includes(own) ? order.indexOf(own) : order.length);
  return (reading.combineBlocks ? read.toSorted((a, b) => place(a) - place(b)) : read).map(({ vote }) => vote);
}

/** Whole spans a second: its percentage of the total, or an equal part of it. */
function rateOf(percent: number | undefined, total: number, subs: number): number {
  return Math.min(total, Math.trunc(percent !== undefined && percent > 0 ? (percent / 100) * total : total / subs));
}

function percentsAt(settings: Raw, path: Path): Map<string, number> {
  return new Map(
    listAt(settings, "rate_allocation", path).map((raw, index) => {
      const at = [...path, "rate_allocation", index];
      if (!isMap(raw)) throw wrong(at, "must be a map with policy and percent");
      return [textAt(raw, "policy", at), wholeNumberAt(raw, "percent", at)];
    }),
  );
}

type Composite = { names: string[]; order: string[]; percents: ReadonlyMap<string, number>; total: number; subs: unknown[]; path: Path; reading: Reading };

function reportComposite({ names, order, percents, total, subs: raw, path, reading: { report } }: Composite): void {
  const subs = raw.length;
  if (subs === 0)
    report({ severity: "warning", path, message: "has no sub-policies, so it samples nothing", mend: "Give it composite_sub_policy, or remove it." });
  if (total === 0)
    report({ severity: "warning", path, message: "has no max_total_spans_per_second, so it samples nothing", mend: "Set max_total_spans_per_second." });
  const known = order.filter((one) => names.includes(one));
  if (order.length > 0 && known.join("\n") !== names.join("\n"))
    report({
      severity: "warning",
      path: [...path, "policy_order"],
      message: `is not looked at: the sub-policies are tried in the order in which they stand (${names.join(", ")})`,
      mends: [
        ...reordering(raw, names, order, path),
        { label: "Remove policy_order", changes: null, edits: [{ kind: "remove", path: [...path, "policy_order"] }] },
      ],
    });
  const unknown = [...percents.keys()].filter((one) => !names.includes(one));
  if (unknown.length > 0)
    report({ severity: "warning", path: [...path, "rate_allocation"], message: `names ${unknown.join(", ")}, which is no sub-policy, and is ignored there` });
  const equal = names.filter((one) => (percents.get(one) ?? 0) <= 0);
  if (total > 0 && equal.length > 0)
    report({
      severity: "info",
      path: [...path, "rate_allocation"],
      message: `says nothing of ${equal.join(", ")}, so ${equal.length === 1 ? "it has" : "each has"} an equal part of the total: ${rateOf(undefined, total, subs)} spans/s`,
    });
  const sum = names.reduce((all, one) => all + rateOf(percents.get(one), total, subs), 0);
  if (sum > total)
    report({
      severity: "warning",
      path,
      message: `keeps up to ${sum} spans/s, not ${total}: each sub-policy is held to its own rate, and nothing adds them up`,
      mend: "Let the percentages add up to 100.",
    });
  if (names.length > 0 && total > 0)
    report({
      severity: "info",
      path,
      message: "keeps the first traces of each second until a rate is used up; a budget here spreads its rate over all of them",
    });
}

/** The sub-policies in the order that policy_order names, where it names them all. */
function reordering(subs: readonly unknown[], names: readonly string[], order: readonly string[], path: Path): YamlMend[] {
  if (order.length !== names.length || new Set(order).size !== names.length || !order.every((one) => names.includes(one))) return [];
  const edits = [{ kind: "set" as const, path: [...path, "composite_sub_policy"], value: order.map((one) => subs[names.indexOf(one)]) }];
  return [{ label: "Put the sub-policies into that order", changes: "They are then tried as policy_order says.", edits }];
}
