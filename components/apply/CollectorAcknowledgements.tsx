"use client";

import Link from "next/link";
import { formatMs } from "#components/format/formatDuration.ts";
import { StatusChip, type Tone } from "#components/ui/StatusChip.tsx";
import type { CollectorApplyState, CollectorProgress } from "./applyProgress.ts";
import { CarryOverLine } from "./CarryOverLine.tsx";

const STATES: Record<CollectorApplyState, { tone: Tone; word: string }> = {
  pending: { tone: "neutral", word: "waiting" },
  applying: { tone: "busy", word: "applying" },
  applied: { tone: "done", word: "applied" },
  failed: { tone: "bad", word: "refused" },
  offline: { tone: "warn", word: "offline" },
  overridden: { tone: "neutral", word: "overridden" },
  superseded: { tone: "neutral", word: "overtaken" },
};

/** One line per collector, those that need attention first. */
export function CollectorAcknowledgements({ collectors }: { collectors: readonly CollectorProgress[] }) {
  const ordered = [...collectors].sort((a, b) => rank(a.state) - rank(b.state) || a.name.localeCompare(b.name));
  return (
    <ul aria-label="Collectors" className="max-h-[320px] overflow-y-auto rounded-control border border-line">
      {ordered.map((collector) => {
        const { tone, word } = STATES[collector.state];
        return (
          <li key={collector.id} data-collector={collector.name} data-state={collector.state} className="border-b border-line px-2.5 py-1.5 last:border-b-0">
            <div className="flex items-center gap-2">
              <Link href={`/fleet/${collector.id}`} className="min-w-0 flex-1 truncate font-medium hover:underline">
                {collector.name}
              </Link>
              <StatusChip tone={tone}>
                {word}
                {collector.state === "applied" && collector.tookMs !== null && <span className="num">in {formatMs(collector.tookMs)}</span>}
              </StatusChip>
            </div>
            {collector.problem !== null && <p className="mt-0.5 text-s break-words text-bad">{collector.problem}</p>}
            {collector.carryOver && <CarryOverLine carryOver={collector.carryOver} className="mt-0.5" />}
            {collector.state === "overridden" && <p className="mt-0.5 text-s text-ink-3">gets it when its override ends</p>}
            {collector.state === "offline" && <p className="mt-0.5 text-s text-ink-3">gets it on return; runs its last good configuration until then</p>}
          </li>
        );
      })}
    </ul>
  );
}

function rank(state: CollectorApplyState): number {
  return ["failed", "applying", "pending", "offline", "overridden", "superseded", "applied"].indexOf(state);
}
