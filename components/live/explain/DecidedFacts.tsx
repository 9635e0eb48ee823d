"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { describeCondition } from "#domain/sampling/describeCondition.ts";
import type { DecidedExplanation } from "#domain/sampling/explanation.ts";
import { formatRatio } from "#domain/sampling/formatRatio.ts";
import { formatBytes } from "../../format/formatBytes.ts";
import { formatMs } from "../../format/formatDuration.ts";
import { formatCount } from "../../format/formatNumber.ts";
import { DrawLine } from "./DrawLine.tsx";
import { RevisionLink } from "./RevisionLink.tsx";
import { StageBar } from "./StageBar.tsx";
import { Witnesses } from "./Witnesses.tsx";

type Decision = DecidedExplanation["decisions"][number];
const SHOWN_MAX = 8;

/** What a decision rests on: tier, share, draw against threshold, the spans that matched, and where the time went. */
export function DecidedFacts({ explanation }: { explanation: DecidedExplanation }) {
  const { decisions, witnesses, stages, delivery, durationMs, scope } = explanation;
  return (
    <div className="mt-3 grid gap-x-8 gap-y-4 lg:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-4">
        {decisions.slice(0, SHOWN_MAX).map((decision, index) => (
          <DecisionFacts
            key={`${decision.tier} ${decision.kept} ${decision.revision}`}
            decision={decision}
            several={decisions.length > 1}
            tookMs={scope === "trace" ? durationMs : null}
            repeats={index > 0 && decision.revision === decisions[0].revision}
          />
        ))}
        {decisions.length > SHOWN_MAX && <p className="text-s text-ink-3">and {decisions.length - SHOWN_MAX} more decisions on single spans</p>}
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <StageBar stages={stages} sent={delivery !== "notKept"} waited={scope === "trace"} />
        {witnesses.length > 0 && <Witnesses witnesses={witnesses} />}
      </div>
    </div>
  );
}

/** `repeats`: the policy has been named already. */
function DecisionFacts({ decision, several, tookMs, repeats }: { decision: Decision; several: boolean; tookMs: number | null; repeats: boolean }) {
  const { tier, tierCondition, keep, ratio, revision, spans, bytes, kept, threshold, randomness, explicitRandomness } = decision;
  return (
    <div data-decision={tier} className={several ? "border-b border-line pb-3 last:border-b-0 last:pb-0" : undefined}>
      <dl className="num grid grid-cols-[92px_minmax(0,1fr)] gap-x-3 gap-y-1">
        <Fact name="Tier">
          <b>{tier}</b>
          {tierCondition !== null && (
            <span className="text-ink-2">: {tierCondition.kind === "always" ? "everything else" : describeCondition(tierCondition)}</span>
          )}
        </Fact>
        <Fact name="Keeps">
          {formatRatio(ratio)}
          <span className="text-ink-2">{keep === "budget" ? " in force then, to stay within its budget" : ""}</span>
        </Fact>
        {decision.breakGlass && (
          <Fact name="Break glass">
            <Link href="/break-glass" className="underline">
              kept in full
            </Link>
            <span className="text-ink-2">
              ; tier {decision.breakGlass.tier} of the policy would have {decision.breakGlass.policyKeeps ? "kept it" : "sampled it out"}
            </span>
          </Fact>
        )}
        {!repeats && (
          <Fact name="Policy">
            <RevisionLink revision={revision} />
          </Fact>
        )}
        <Fact name={several ? (kept ? "Kept" : "Sampled out") : "Size"}>
          {formatCount(spans)} {spans === 1 ? "span" : "spans"}, {formatBytes(bytes)}
          {tookMs !== null && <span className="text-ink-2">; {formatMs(tookMs)} from its first start to its last end</span>}
        </Fact>
      </dl>
      <DrawLine randomness={randomness} threshold={threshold} kept={kept} explicit={explicitRandomness} />
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-3">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
