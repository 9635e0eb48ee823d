import { formatClock, formatDate } from "#components/format/formatDuration.ts";
import { StatusShape, type Tone } from "#components/ui/StatusChip.tsx";
import type { RolloutView } from "#domain/fleet/rollout/rolloutView.ts";
import { logWords } from "./logWords.ts";

const COLORS: Partial<Record<Tone, string>> = { bad: "text-bad", warn: "text-warn", done: "text-ok" };

/** What happened, in plain words, oldest first. */
export function RolloutLog({ view }: { view: Pick<RolloutView, "log" | "plan" | "toVersion" | "fromVersion"> }) {
  return (
    <ol aria-label="What happened">
      {view.log.map((entry) => {
        const { tone, text } = logWords(entry, view);
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
            </span>
          </li>
        );
      })}
    </ol>
  );
}
