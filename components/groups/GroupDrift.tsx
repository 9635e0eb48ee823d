"use client";

import Link from "next/link";
import { useNow } from "#components/fleet/useNow.ts";
import { formatAge, formatDate } from "#components/format/formatDuration.ts";
import { formatCount } from "#components/format/formatNumber.ts";
import { Panel } from "#components/ui/Panel.tsx";
import { StatusShape, type Tone } from "#components/ui/StatusChip.tsx";
import { type DriftCause, driftSentence } from "#domain/fleet/drift.ts";
import type { GroupView } from "./groupView.ts";

const TONES: Record<DriftCause["kind"], Tone> = { overridden: "info", refused: "bad", offline: "warn", applying: "busy", pending: "neutral" };
const TEXT: Record<Tone, string> = {
  ok: "text-ok",
  done: "text-ok",
  warn: "text-warn",
  bad: "text-bad",
  info: "text-info",
  busy: "text-info",
  neutral: "text-ink-3",
};

/** Who runs something else than the group, since when and why. */
export function GroupDrift({ drifts, leftOut, members }: { drifts: GroupView["drifts"]; leftOut: number; members: number }) {
  const nowMs = useNow();
  return (
    <Panel title="Drift" flush>
      {drifts.length === 0 ? (
        <p className="px-3 pb-3 text-ink-2">
          {members === 0
            ? "There is no collector in the group."
            : members === 1
              ? "Its collector runs exactly this."
              : `All ${formatCount(members)} collectors run exactly this.`}
        </p>
      ) : (
        <ul aria-label="Collectors that differ">
          {drifts.map(({ collector, sinceMs, ...drift }) => {
            const tone = TONES[drift.cause.kind];
            return (
              <li key={collector.id} data-drift={collector.name} className="border-t border-line px-3 py-2">
                <div className="flex flex-wrap items-baseline gap-x-2">
                  <span className={TEXT[tone]}>
                    <StatusShape tone={tone} />
                  </span>
                  <Link href={`/fleet/${collector.id}`} className="font-[550] break-all hover:underline">
                    {collector.name}
                  </Link>
                  {sinceMs !== null && (
                    <span className="num ml-auto text-s text-ink-3" title={formatDate(sinceMs)}>
                      for {formatAge(nowMs - sinceMs)}
                    </span>
                  )}
                </div>
                <p className="pl-[18px] break-words text-ink-2">{driftSentence(drift, formatDate)}</p>
              </li>
            );
          })}
        </ul>
      )}
      {leftOut > 0 && <p className="border-t border-line px-3 py-2 text-s text-ink-3">and {formatCount(leftOut)} more</p>}
    </Panel>
  );
}
