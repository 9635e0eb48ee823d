import type { DecidedExplanation, Explanation, Witness } from "#domain/sampling/explanation.ts";
import type { Clock } from "../../clock.ts";
import { type ExplainPlaces, explainDecision, explainWay, thresholdText, unixMsOf } from "../explainParts.ts";
import { thresholdOf } from "../tierThreshold.ts";
import type { LoggedDecision } from "./decisionLog.ts";
import type { StoredWitness } from "./findWitnesses.ts";
import { FALSE_ALARM_ONE_IN } from "./seenTraces.ts";
import { NONE } from "./spanStore.ts";
import type { TraceSampler } from "./traceSampler.ts";
import { DECIDED, ROOT_SEEN } from "./traceTable.ts";
import type { TraceVersion } from "./traceVersion.ts";

/** Why a trace (32 hex digits) was kept or not, as far as it is still known here. Changes nothing. */
export function explainTrace(sampler: TraceSampler, traceId: string, places: ExplainPlaces): Explanation {
  const [a, b, c, d] = [0, 8, 16, 24].map((at) => Number.parseInt(traceId.slice(at, at + 8), 16) | 0);
  const { table, cache, log, seen } = sampler;
  const slot = table.find(a, b, c, d);
  if (slot !== NONE && (table.flags(slot) & DECIDED) === 0) return explainWaiting(sampler, traceId, slot, places);
  const logged = log.find(a, b, c, d).flatMap((one) => (one.version === undefined ? [] : [{ ...one, version: one.version }]));
  if (logged.length > 0) return explainLogged(traceId, logged, places);
  if (cache.peek(a, b, c, d, places.clock.now())) {
    const { kept, tier, thresholdHigh, thresholdLow, decidedAt } = cache.found;
    const threshold = thresholdText(thresholdOf(thresholdHigh, thresholdLow));
    return { kind: "remembered", traceId, kept, tier: sampler.tierName(tier), threshold, decidedAtMs: unixMsOf(places.clock, decidedAt) };
  }
  if (seen.has(a, b, c, d)) return { kind: "forgotten", traceId, keptForTraces: log.entriesMax, falseAlarmOneIn: FALSE_ALARM_ONE_IN };
  const { rememberedSinceMs } = seen;
  return rememberedSinceMs === undefined ? { kind: "neverSeen", traceId, sinceMs: places.processStartMs } : { kind: "unknown", traceId, rememberedSinceMs };
}

function explainWaiting(sampler: TraceSampler, traceId: string, slot: number, { clock }: ExplainPlaces): Explanation {
  const { table, store } = sampler;
  const version = sampler.versionOf(slot);
  let bytes = 0;
  for (let node = table.firstSpan(slot); node !== NONE; node = store.next(node)) bytes += store.size(node);
  return {
    kind: "waiting",
    traceId,
    spans: table.spans(slot),
    bytes,
    firstSeenAtMs: unixMsOf(clock, table.firstSeen(slot)),
    decidesAtMs: unixMsOf(clock, table.deadline(slot)),
    rootSeen: (table.flags(slot) & ROOT_SEEN) !== 0,
    tierNow: version.compiled.tiers[sampler.tierOf(slot)].name,
    revision: version.label.revision,
  };
}

type Logged = LoggedDecision & { version: TraceVersion };

function explainLogged(traceId: string, all: readonly Logged[], places: ExplainPlaces): DecidedExplanation {
  const { clock } = places;
  const [newest] = all;
  const { firstSeen, decidedAt, durationMs, version } = newest;
  const { scope } = version.compiled.policy;
  // Of a trace that was begun anew the last decision is told; where spans are decided one by one, all of them.
  const told = scope === "trace" ? [newest] : all.filter((one) => one.version === version);
  return {
    kind: "decided",
    traceId,
    scope,
    decisions: mergedDecisions(told, clock),
    cause: newest.cause,
    witnesses: witnessesOf(newest.witnesses, version),
    durationMs: Number.isNaN(durationMs) || durationMs < 0 ? null : durationMs,
    rootSeen: scope === "trace" ? newest.rootSeen : null,
    lateSpans: newest.lateSpans,
    firstSeenAtMs: unixMsOf(clock, firstSeen),
    ...explainWay({ ...newest, decisionWaitMs: scope === "trace" ? decidedAt - firstSeen : null }, places),
  };
}

function mergedDecisions(told: readonly Logged[], clock: Clock): DecidedExplanation["decisions"] {
  const merged = new Map<string, DecidedExplanation["decisions"][number]>();
  for (const one of told) {
    const decision = explainDecision({ ...one, policy: one.version.compiled, label: one.version.label, decidedAtMs: unixMsOf(clock, one.decidedAt) });
    const { breakGlass } = decision;
    const key = `${decision.tier} ${decision.kept} ${breakGlass?.id} ${breakGlass?.tier} ${breakGlass?.policyKeeps}`;
    const same = merged.get(key);
    if (same === undefined) merged.set(key, decision);
    else Object.assign(same, { spans: same.spans + decision.spans, bytes: same.bytes + decision.bytes });
  }
  return [...merged.values()];
}

function witnessesOf(stored: readonly StoredWitness[] | undefined, version: TraceVersion): Witness[] {
  return (stored ?? []).map(({ bit, ...span }) => ({ condition: version.compiled.atoms[bit].atom, ...span }));
}
