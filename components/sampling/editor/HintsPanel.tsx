"use client";

import { useMemo } from "react";
import { useLiveTopic } from "#components/data/useLive.ts";
import { Button } from "#components/ui/Button.tsx";
import { focusFirst } from "#components/ui/focusFirst.ts";
import { Panel } from "#components/ui/Panel.tsx";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import { toast } from "#components/ui/toast.ts";
import { type Mend, type PolicyHint, policyHints, trafficHints } from "#domain/sampling/policyHints.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import type { SharedSpans } from "#domain/sampling/sharedSpans.ts";
import { fieldId, pathAndAncestors, placeOf } from "../draft/problemPlaces.ts";
import { useEditor } from "../editorContext.tsx";
import { useEstimate } from "../useEstimate.ts";
import { useSilence } from "./useSilence.ts";

const SHOWN_MAX = 8;

/** What in the draft is probably not meant, each with its place and what puts it right; nothing while there is nothing to say. */
export function HintsPanel({ policy, shared, undo }: { policy: SamplingPolicy; shared: readonly SharedSpans[]; undo: () => void }) {
  const { readOnly, edit } = useEditor();
  const hints = useHints(policy, shared);
  if (hints.length === 0) return null;
  const apply = (mend: Mend) => {
    edit({ kind: "replace", policy: mend.policy });
    toast.ok(`Done: ${mend.label}.`, { ...(mend.changes !== null && { description: mend.changes }), action: { label: "Undo", onClick: undo } });
  };
  return (
    <Panel title={hints.length === 1 ? "1 hint" : `${hints.length} hints`}>
      <ul className="flex flex-col gap-3">
        {hints.slice(0, SHOWN_MAX).map((hint) => (
          <li key={`${hint.path} ${hint.message}`} data-hint={hint.path} className="flex flex-col gap-1.5">
            <div className="flex flex-wrap items-center gap-2">
              <StatusChip tone={hint.severity === "warning" ? "warn" : "info"}>{hint.severity === "warning" ? "warning" : "note"}</StatusChip>
              <button
                type="button"
                className="min-w-0 text-left font-semibold break-words underline decoration-1 underline-offset-2"
                onClick={() => focusFirst(pathAndAncestors(hint.path).map(fieldId))}
              >
                {placeInWords(hint.path, policy)}
              </button>
            </div>
            <p className="break-words text-ink-2">{hint.message}.</p>
            {!readOnly &&
              hint.mends.map((mend) => (
                <div key={mend.label} className="flex flex-col items-start gap-0.5">
                  <Button size="small" onClick={() => apply(mend)}>
                    {mend.label}
                  </Button>
                  <span className="text-s text-ink-3">{mend.changes ?? "Changes no decision."}</span>
                </div>
              ))}
          </li>
        ))}
      </ul>
      {hints.length > SHOWN_MAX && <p className="mt-2 text-ink-2">and {hints.length - SHOWN_MAX} more</p>}
    </Panel>
  );
}

/** Rates are of all collectors together where tiers are meant, and of one collector where its memory is. */
function useHints(policy: SamplingPolicy, shared: readonly SharedSpans[]): PolicyHint[] {
  const { estimate } = useEstimate(policy);
  const point = useLiveTopic({ kind: "fleet" })?.event.point;
  const matchedPerS = estimate?.tiers.map((tier) => tier.matchedPerS);
  const measured = point !== undefined && point.reporting > 0 && point.receivedPerS > 0 && point.bytesReceivedPerS > 0;
  const offered = measured
    ? { spansPerS: point.receivedPerS / point.reporting, spanBytes: Math.round(point.bytesReceivedPerS / point.receivedPerS) }
    : undefined;
  const silence = useSilence(policy, matchedPerS);
  // What the policy says by itself is looked at only when it changes; what depends on the traffic, each second.
  const ofPolicy = useMemo(() => policyHints(policy), [policy]);
  return [...ofPolicy, ...trafficHints(policy, { ...(offered && { offered }), ...(matchedPerS && { matchedPerS }), silence, shared })];
}

function placeInWords(path: string, policy: SamplingPolicy): string {
  const { tier, field } = placeOf(path);
  if (tier === null) return field;
  return `Tier ${tier} “${policy.tiers[tier - 1]?.name ?? ""}”, ${field}`;
}
