import type { ReactNode } from "react";
import { formatBytes } from "#components/format/formatBytes.ts";
import { formatClock } from "#components/format/formatDuration.ts";
import { formatCount, formatRate } from "#components/format/formatNumber.ts";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { StatusShape } from "#components/ui/StatusChip.tsx";
import type { MeasuredLoad } from "#domain/pipeline/checkAgainstPeak.ts";
import type { PipelineSettings } from "#domain/pipeline/pipelineSettings.ts";
import { FIELD_WORDS } from "#domain/pipeline/pipelineWords.ts";
import { formatDuration } from "#domain/sampling/formatDuration.ts";
import { fieldId } from "./fieldWords.ts";
import type { Findings } from "./useFindings.ts";

/** The settings against what single collectors kept lately, and what they don't go with. */
export function MeasuredPanel({ settings, findings, measured }: { settings: PipelineSettings | null } & Findings) {
  const warnings = findings.filter(({ tone }) => tone === "warn");
  return (
    <Panel title="Against what is measured" actions={measured && <span className="text-s text-ink-3">last {measured.windowS / 60} min</span>} flush>
      {measured === undefined ? (
        <div className="px-3 pb-3">
          <Skeleton className="h-[96px] w-full" />
        </div>
      ) : measured === null ? (
        <EmptyState title="Nothing is measured">
          No collector that is connected to this server has measured a second in the last 15 minutes. Queue and log are compared with the load as soon as one
          does.
        </EmptyState>
      ) : measured.peak.keptPerS <= 0 ? (
        <EmptyState title="There is no peak to go by">No collector has kept a span in the last {measured.windowS / 60} minutes.</EmptyState>
      ) : (
        <Figures measured={measured} settings={settings} />
      )}
      <div className="border-t border-line px-3 py-2" data-findings={warnings.length}>
        {settings === null ? (
          <p className="text-s text-ink-3">Checked again as soon as the errors are put right.</p>
        ) : warnings.length === 0 ? (
          <p className="flex items-center gap-1.5 text-s text-ink-2">
            <span className="text-ok">
              <StatusShape tone="done" />
            </span>
            {measured ? "Nothing stands against these settings." : "The settings go with each other."}
          </p>
        ) : (
          <ul className="flex flex-col gap-1 text-s">
            {warnings.map(({ place, message }) => (
              <li key={message} className="flex items-start gap-1.5">
                <span className="mt-[5px] text-warn">
                  <StatusShape tone="warn" />
                </span>
                <a href={`#${fieldId(place)}`} className="min-w-0 break-words underline decoration-line-strong underline-offset-2 hover:decoration-current">
                  {FIELD_WORDS[place].label}: {message}
                </a>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Panel>
  );
}

function Figures({ measured, settings }: { measured: MeasuredLoad; settings: PipelineSettings | null }) {
  const { peak, peakBytesPerS, presentBytesPerS, notMeasured } = measured;
  return (
    <dl>
      <Line label="Peak of one collector">
        {formatRate(peak.keptPerS)} spans/s{" "}
        <span className="text-ink-3">
          · {peak.collector}, {formatClock(peak.atMs, true)}
        </span>
      </Line>
      {settings && (
        <Line label="The queue holds">
          {holds(settings.queue.spansMax / peak.keptPerS)} of it <span className="text-ink-3">· at least 2 to 3 s are wanted</span>
        </Line>
      )}
      <Line label="Peak in bytes">{formatBytes(peakBytesPerS)}/s</Line>
      <Line label="At present">
        {formatBytes(presentBytesPerS)}/s <span className="text-ink-3">· the most of any collector, mean of a minute</span>
      </Line>
      {settings?.wal.enabled && presentBytesPerS > 0 && <Line label="The log lasts">{formatDuration((settings.wal.bytesMax / presentBytesPerS) * 1_000)}</Line>}
      {notMeasured > 0 && (
        <Line label="Not measured">
          {notMeasured} connected {notMeasured === 1 ? "collector" : "collectors"}{" "}
          <span className="text-ink-3">· just started, or reporting to another control plane process</span>
        </Line>
      )}
    </dl>
  );
}

function holds(seconds: number): string {
  return seconds >= 100 ? `${formatCount(seconds)} s` : `${Number(seconds.toPrecision(2))} s`;
}

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex min-h-[30px] items-center gap-3 border-t border-line px-3 py-1">
      <dt className="w-[128px] shrink-0 text-ink-3">{label}</dt>
      <dd className="num min-w-0">{children}</dd>
    </div>
  );
}
