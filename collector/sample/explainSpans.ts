import type { DecidedExplanation, Explanation } from "#domain/sampling/explanation.ts";
import { type ExplainPlaces, explainDecision, explainWay, unixMsOf } from "./explainParts.ts";
import type { LoggedRequest, LoggedSpan, SpanLog } from "./spanLog.ts";

const DECISIONS_MAX = 64;

/** Why the spans of a trace were kept or not where each is decided by itself: one decision for each tier and outcome that they met with. */
export function explainSpans(log: SpanLog, traceId: string, places: ExplainPlaces): Explanation {
  const [a, b, c, d] = [0, 8, 16, 24].map((at) => Number.parseInt(traceId.slice(at, at + 8), 16) | 0);
  const spans = log.find(a, b, c, d);
  const known = spans.flatMap((span) => (span.request === undefined ? [] : [{ ...span, request: span.request }]));
  if (known.length === 0) return nothingKnown(log, traceId, spans.length > 0, places);
  const first = known.reduce((earliest, span) => (span.request.at < earliest.request.at ? span : earliest));
  const kept = known.find((span) => span.kept);
  // The way is that of a kept span where there is one: the others end with the decision.
  const { request } = kept ?? first;
  return {
    kind: "decided",
    traceId,
    scope: "span",
    decisions: decisionsOf(known, places),
    cause: "atOnce",
    witnesses: [],
    durationMs: null,
    rootSeen: null,
    lateSpans: 0,
    firstSeenAtMs: unixMsOf(places.clock, first.request.at - first.request.networkMs),
    ...explainWay({ kept: kept !== undefined, ...request, decisionWaitMs: null, decidedAt: request.at }, places),
  };
}

type KnownSpan = LoggedSpan & { request: LoggedRequest };

function decisionsOf(spans: readonly KnownSpan[], { clock }: ExplainPlaces): DecidedExplanation["decisions"] {
  const groups = new Map<string, KnownSpan[]>();
  for (const span of spans) {
    const key = `${span.request.label.hash} ${span.tier} ${span.kept} ${span.policyTier} ${span.policyKeeps} ${span.request.policy.keepAll.at(span.tier)?.id}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [span]);
    else group.push(span);
  }
  return [...groups.values()].slice(0, DECISIONS_MAX).map((group) => {
    const [span] = group;
    const { policy, label, thresholdHigh, at } = span.request;
    const budget = policy.tiers[span.tier].budget !== undefined;
    return explainDecision({
      ...span,
      policy,
      label,
      thresholdHigh: thresholdHigh[span.tier],
      thresholdLow: budget ? 0 : policy.matcher.thresholdLowFlipped[span.tier] ^ 0x80000000,
      spans: group.length,
      bytes: group.reduce((sum, one) => sum + one.bytes, 0),
      decidedAtMs: unixMsOf(clock, at),
    });
  });
}

function nothingKnown(log: SpanLog, traceId: string, wasThere: boolean, { clock, processStartMs }: ExplainPlaces): Explanation {
  if (log.isComplete && !wasThere) return { kind: "neverSeen", traceId, sinceMs: processStartMs };
  const since = log.rememberedSince();
  return { kind: "unknown", traceId, rememberedSinceMs: since === undefined ? clock.unixMs() : unixMsOf(clock, since) };
}
