"use client";

import { useMay } from "#components/data/useMe.ts";
import { formatBytes } from "#components/format/formatBytes.ts";
import { formatAge, formatDate } from "#components/format/formatDuration.ts";
import { formatMicroUsd } from "#components/format/formatMoney.ts";
import { formatCompact, formatCount, formatRate } from "#components/format/formatNumber.ts";
import { ButtonLink } from "#components/ui/Button.tsx";
import { FigureStrip } from "#components/ui/FigureStrip.tsx";
import { Note } from "#components/ui/Note.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import { compareHref } from "./compareHref.ts";
import type { CompareFigures, ShadowView } from "./compareTypes.ts";
import { becauseWords, exactWords, marginText, verdictOf } from "./compareWords.ts";
import { DisagreementMatrix } from "./DisagreementMatrix.tsx";
import { ExamplesPanel } from "./ExamplesPanel.tsx";
import { MonthPanel } from "./MonthPanel.tsx";
import { OutcomesPanel } from "./OutcomesPanel.tsx";
import { ShadowStateChip } from "./RecentComparisons.tsx";
import { ReplayedPanel } from "./ReplayedPanel.tsx";
import { ReplayProgress } from "./ReplayProgress.tsx";
import { backText, gapLines } from "./replayWords.ts";
import { StopButton } from "./StopButton.tsx";
import { shareText } from "./shareText.ts";
import { TriedOnPanel } from "./TriedOnPanel.tsx";
import { TryAgain } from "./TryAgain.tsx";

/** One comparison as it stands: the verdict first, then what it rests on. */
export function CompareView({ shadow }: { shadow: ShadowView }) {
  const { title, state, summary, collectors, groupName, policyId, policyVersion, liveRevisions, replay, backMs, nowMs } = shadow;
  const { figures, counts } = summary;
  const verdict = verdictOf(shadow);
  const mayApply = useMay("editor");
  const on = groupName ?? (collectors.length === 1 ? collectors[0].name : `${formatCount(collectors.length)} collectors`);
  const isRunning = state === "running";
  const over = backMs === null ? "" : `, over what was recorded in ${backText(backMs)}`;
  const endedAt = `${state} ${formatDate(shadow.stoppedAtMs ?? shadow.endsAtMs)}`;
  const when = !isRunning ? ` · ${endedAt}` : backMs === null ? ` · ends in ${formatAge(Math.max(0, shadow.endsAtMs - nowMs))}` : "";
  const gaps = replay?.read ? gapLines(replay.read, nowMs) : [];
  return (
    <>
      <PageHead
        title={title}
        crumbs={[{ label: "Compare", href: "/compare" }, { label: title }]}
        aside={
          <>
            <ShadowStateChip state={state} />
            {replay?.isPartial && figures !== null && <StatusChip tone={isRunning ? "info" : "warn"}>partial</StatusChip>}
          </>
        }
        sub={`Beside what runs now on ${on}${over} · begun ${formatDate(shadow.startedAtMs)} by ${shadow.startedBy}${when}`}
        actions={
          <>
            {policyId !== null && (
              <ButtonLink variant="ghost" href={policyVersion === null ? `/sampling/${policyId}` : `/sampling/${policyId}/versions/${policyVersion}`}>
                Open the policy
              </ButtonLink>
            )}
            <ButtonLink href={compareHref({ ...(policyId !== null && { policy: policyId }), ...(policyVersion !== null && { version: policyVersion }) })}>
              Try another…
            </ButtonLink>
            {isRunning && replay === null && <StopButton id={shadow.id} label="Stop" />}
            {mayApply && !(isRunning && replay !== null) && <TryAgain shadow={shadow} />}
            {policyId !== null && policyVersion !== null && mayApply && (
              <ButtonLink variant="primary" href={`/sampling/${policyId}?apply=${policyVersion}`}>
                Apply v{policyVersion}…
              </ButtonLink>
            )}
          </>
        }
      />
      <p data-slot="verdict" data-tone={verdict.tone} aria-live="polite" className="num mt-0.5 mb-4 max-w-[92ch] text-l">
        {verdict.before}
        <b>{verdict.strong}</b>
        {verdict.after}
      </p>
      {isRunning && replay !== null && <ReplayProgress id={shadow.id} replay={replay} collectors={collectors} />}
      {replay !== null && collectors.some((collector) => collector.state === "refused") && (
        <Note role="status" className="mb-3" action={<ButtonLink href="/pipeline">Open the pipeline settings</ButtonLink>}>
          Whether collectors record, how much and for how long, is set in their pipeline settings, under “recording”. What comes in from then on can be tried.
        </Note>
      )}
      {liveRevisions.length > 1 && (
        <Note tone="warn" role="status" className="mb-3">
          The collectors run different revisions ({liveRevisions.join(", ")}): “now” is what they keep together.
        </Note>
      )}
      {figures !== null && (
        <>
          <Figures figures={figures} shadow={shadow} />
          <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-3 xl:grid-cols-[minmax(0,1fr)_minmax(320px,400px)]">
            <div className="flex min-w-0 flex-col gap-3">
              <OutcomesPanel title="By tier of the candidate" first="Tier" rows={counts.candidateTiers} />
              <OutcomesPanel title="By tier of what runs now" first="Tier" rows={counts.liveTiers} />
              <OutcomesPanel title="By service" first="Service" rows={counts.services} others={counts.otherServices} />
              <ExamplesPanel newlyDropped={shadow.newlyDropped} newlyKept={shadow.newlyKept} />
            </div>
            <div className="flex min-w-0 flex-col gap-3">
              <MonthPanel figures={figures} />
              <DisagreementMatrix total={counts.total} />
              <Panel title="What is exact, and what is estimated">
                <p>{exactWords(shadow, figures)}</p>
                <ul className="mt-2 flex list-disc flex-col gap-1 pl-4 text-ink-2">
                  {summary.estimatedBecause.map((reason) => (
                    <li key={reason}>
                      {becauseWords(reason, shadow)}
                      {reason === "gaps" && (
                        <ul className="mt-0.5 list-[circle] pl-4">
                          {gaps.map((line) => (
                            <li key={line}>{line}</li>
                          ))}
                        </ul>
                      )}
                    </li>
                  ))}
                </ul>
              </Panel>
            </div>
          </div>
        </>
      )}
      {replay === null ? <TriedOnPanel shadow={shadow} className="mt-3" /> : <ReplayedPanel shadow={shadow} className="mt-3" />}
    </>
  );
}

function Figures({ figures, shadow }: { figures: CompareFigures; shadow: ShadowView }) {
  const { keptShare, bytesPerMonth, microUsdPerMonth } = figures;
  const { summary, cpuMs, threadCpuMs, replay } = shadow;
  const seen = summary.counts.seen.spans;
  const compared = summary.counts.compared.spans;
  return (
    <FigureStrip
      label="Figures of the comparison"
      figures={[
        { label: "Kept share", value: shareText(keptShare.candidate.expected), below: `now ${shareText(keptShare.live.expected)}` },
        { label: "Difference", value: shareText(keptShare.difference.expected), unit: "of spans", below: marginText(keptShare.difference, shareText) },
        { label: "Volume per month", value: formatBytes(bytesPerMonth.candidate.expected), below: `now ${formatBytes(bytesPerMonth.live.expected)}` },
        { label: "Cost per month", value: formatMicroUsd(microUsdPerMonth.candidate.expected), below: `now ${formatMicroUsd(microUsdPerMonth.live.expected)}` },
        {
          label: replay === null ? "Seen" : "Came in",
          value: replay === null ? formatCount(seen) : formatCompact(seen),
          unit: "spans",
          below:
            replay === null
              ? `${formatRate(summary.seenSpansPerS)}/s · costs ${threadCpuMs === 0 ? "—" : shareText(cpuMs / threadCpuMs)} of CPU`
              : `${formatRate(summary.seenSpansPerS)}/s · ${shareText(Math.min(1, compared / Math.max(1, seen)))} recorded`,
        },
      ]}
    />
  );
}
