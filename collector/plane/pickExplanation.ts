import type { DecidedExplanation, Explanation } from "#domain/sampling/explanation.ts";

/** What says most comes first. */
const ORDER: readonly Explanation["kind"][] = ["waiting", "decided", "remembered", "forgotten", "unknown", "neverSeen"];

/**
 * Of what several threads know of one trace: that which says most. Where spans are decided one by one, several may have decided on some: their decisions stand together. Of
 * threads that never saw it, the one whose memory is shortest speaks for all.
 */
export function pickExplanation(all: readonly Explanation[]): Explanation {
  const best = all.reduce((first, one) => (ORDER.indexOf(one.kind) < ORDER.indexOf(first.kind) ? one : first));
  if (best.kind === "decided") {
    const decided = all.filter((one): one is DecidedExplanation => one.kind === "decided");
    return decided.length === 1 ? best : { ...best, decisions: together(decided), lateSpans: decided.reduce((sum, { lateSpans }) => sum + lateSpans, 0) };
  }
  const same = all.filter((one) => one.kind === best.kind);
  return same.reduce((last, one) => {
    if (one.kind === "unknown" && last.kind === "unknown") return one.rememberedSinceMs > last.rememberedSinceMs ? one : last;
    if (one.kind === "neverSeen" && last.kind === "neverSeen") return one.sinceMs > last.sinceMs ? one : last;
    return last;
  });
}

/** One for each tier and outcome. */
function together(all: readonly DecidedExplanation[]): DecidedExplanation["decisions"] {
  const merged = new Map<string, DecidedExplanation["decisions"][number]>();
  for (const decision of all.flatMap(({ decisions }) => decisions)) {
    const key = `${decision.kept} ${decision.threshold} ${decision.tier}`;
    const known = merged.get(key);
    merged.set(key, known === undefined ? decision : { ...known, spans: known.spans + decision.spans, bytes: known.bytes + decision.bytes });
  }
  return [...merged.values()].slice(0, 64);
}
