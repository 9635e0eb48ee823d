import Link from "next/link";
import { formatClock } from "#components/format/formatDuration.ts";
import { formatCount } from "#components/format/formatNumber.ts";
import { Panel } from "#components/ui/Panel.tsx";
import type { RolloutView } from "#domain/fleet/rollout/rolloutView.ts";
import { GATE_LABELS } from "../gateWords.ts";

/** What a rollback by a gate stands on: when, by which gate, and exactly which collectors were changed at that moment. */
export function EvidencePanel({ evidence }: { evidence: RolloutView["evidence"] }) {
  if (evidence === null) return null;
  const { gate, atMs, collectors, others } = evidence;
  const count = collectors.length + others;
  return (
    <Panel title="Evidence">
      <p>
        <b>{GATE_LABELS[gate]}</b> failed at <span className="num">{formatClock(atMs, true)}</span>. The figures around that moment are kept with the rollout
        and drawn above.
      </p>
      <h3 className="mt-2 text-s text-ink-3">
        Changed at that moment: {formatCount(count)} {count === 1 ? "collector" : "collectors"}
      </h3>
      <ul aria-label="Collectors that were changed" className="flex max-h-[120px] flex-wrap gap-x-3 overflow-y-auto">
        {collectors.map(({ id, name }) => (
          <li key={id}>
            <Link href={`/fleet/${id}`} className="underline decoration-line-strong underline-offset-[3px] hover:decoration-current">
              {name}
            </Link>
          </li>
        ))}
        {others > 0 && <li className="text-ink-3">and {formatCount(others)} others; the grid has all</li>}
      </ul>
    </Panel>
  );
}
