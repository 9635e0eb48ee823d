import { formatClock, formatDate } from "#components/format/formatDuration.ts";
import { StatusShape, type Tone } from "#components/ui/StatusChip.tsx";
import type { RolloutLogEntry, RolloutView } from "#domain/fleet/rollout/rolloutView.ts";
import { logWords } from "./logWords.ts";
import { type CollectorFilter, NO_FILTER } from "./page/collectorFilter.ts";

const COLORS: Partial<Record<Tone, string>> = { bad: "text-bad", warn: "text-warn", done: "text-ok" };

/** What happened, in plain words, oldest first. */
export function RolloutLog({
  view,
  onShow,
}: {
  view: Pick<RolloutView, "log" | "plan" | "toVersion" | "fromVersion" | "names">;
  onShow: (filter: CollectorFilter) => void;
}) {
  return (
    <ol aria-label="What happened">
      {view.log.map((entry) => {
        const { tone, text } = logWords(entry, view);
        const all = allOf(entry.step);
        return (
          <li key={entry.sequence} data-step={entry.step.kind} className="flex gap-4 border-b border-line px-3 py-1.5 last:border-b-0">
            <time
              dateTime={new Date(entry.atMs).toISOString()}
              title={formatDate(entry.atMs)}
              className="num shrink-0 font-mono text-s leading-[19px] text-ink-2"
            >
              {formatClock(entry.atMs, true)}
            </time>
            <span className="min-w-0 break-words">
              {tone !== null && (
                <span className={`mr-1.5 inline-block ${COLORS[tone] ?? "text-ink-3"}`}>
                  <StatusShape tone={tone} />
                </span>
              )}
              {text}
              {all !== null && (
                <button type="button" className="ml-1.5 min-h-[24px] text-ink-2 underline" onClick={() => onShow(all)}>
                  list all
                </button>
              )}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** How to list the collectors that a line is about, where it names only some. */
function allOf(step: RolloutLogEntry["step"]): CollectorFilter | null {
  if (step.kind === "stageOpened") return (step.others ?? 0) > 0 ? { ...NO_FILTER, stage: step.stage } : null;
  const reason = step.kind === "paused" || step.kind === "rollingBack" ? step.reason : null;
  return reason && "others" in reason && (reason.others ?? 0) > 0 ? { ...NO_FILTER, named: true } : null;
}
