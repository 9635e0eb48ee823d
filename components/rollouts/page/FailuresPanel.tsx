import Link from "next/link";
import { formatClock } from "#components/format/formatDuration.ts";
import { formatCount } from "#components/format/formatNumber.ts";
import { CodeBlock } from "#components/ui/CodeBlock.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import type { RolloutFailure } from "#domain/fleet/rollout/rolloutView.ts";

import { type CollectorFilter, NO_FILTER } from "./collectorFilter.ts";

const SHOWN_MAX = 20;

/** The collectors at which it failed: where, why, and what they wrote last. */
export function FailuresPanel({
  failures,
  leftOut,
  onShow,
}: {
  failures: readonly RolloutFailure[];
  leftOut: number;
  onShow: (filter: CollectorFilter) => void;
}) {
  const more = failures.length - SHOWN_MAX + leftOut;
  if (failures.length === 0) return null;
  return (
    <Panel title="Failed" flush aside={<span className="num text-s text-bad">{formatCount(failures.length + leftOut)}</span>}>
      <ul>
        {failures.slice(0, SHOWN_MAX).map(({ id, name, path, reason, logLines, atMs }) => (
          <li key={id} data-failure={name} className="border-b border-line px-3 py-2 last:border-b-0">
            <div className="flex items-baseline justify-between gap-3">
              <Link href={`/fleet/${id}`} className="min-w-0 truncate font-semibold hover:underline">
                {name}
              </Link>
              {atMs !== null && <span className="num shrink-0 text-s text-ink-3">{formatClock(atMs, true)}</span>}
            </div>
            <p className="break-words">
              {path !== null && <span className="font-mono text-s">{path}: </span>}
              {reason ?? <span className="text-ink-3">It said no reason.</span>}
            </p>
            {logLines.length > 0 && (
              <details className="mt-1">
                <summary className="cursor-pointer text-s text-ink-2 select-none">Its last log lines</summary>
                <CodeBlock text={logLines.join("\n")} what={`the last log lines of ${name}`} className="mt-1" />
              </details>
            )}
          </li>
        ))}
      </ul>
      {more > 0 && (
        <p className="border-t border-line px-3 py-2 text-ink-3">
          and {formatCount(more)} others:{" "}
          <button type="button" className="min-h-[24px] underline" onClick={() => onShow({ ...NO_FILTER, named: true })}>
            list all
          </button>
        </p>
      )}
    </Panel>
  );
}
