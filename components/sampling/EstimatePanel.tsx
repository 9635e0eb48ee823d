"use client";

import { EstimateTable } from "#components/apply/EstimateTable.tsx";
import { SampleChip } from "#components/ui/Chip.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { KeptShares } from "./KeptShares.tsx";
import { useEstimate } from "./useEstimate.ts";

/** What applying the draft would do now, against what runs. `null` while the draft has errors. */
export function EstimatePanel({ draft, label }: { draft: SamplingPolicy | null; label: string }) {
  const { estimate, hasGroups, running, hasCounts, sampleShare } = useEstimate(draft);
  const runs = running ? `${running.name} v${running.version}` : "what runs";
  return (
    <>
      <Panel
        title="What this would do"
        aside={sampleShare > 0 ? <SampleChip share={sampleShare} /> : undefined}
        actions={<span className="text-s text-ink-3">from the last 10 s</span>}
        flush
      >
        {estimate ? (
          <div className="pb-3">
            <EstimateTable estimate={estimate} beforeLabel={runs} afterLabel={label} />
          </div>
        ) : draft === null ? (
          <EmptyState title="Not while there are errors">It is computed again as soon as they are put right.</EmptyState>
        ) : hasGroups ? (
          <EmptyState title="It depends on the group">
            Groups run different policies. “Apply…” says what this version would do in each, before anything is applied.
          </EmptyState>
        ) : hasCounts ? (
          <EmptyState title="What runs now is not known yet">It is asked for.</EmptyState>
        ) : (
          <EmptyState title="There are no live counts to go by">They come with the first spans that a connected collector receives.</EmptyState>
        )}
      </Panel>
      {estimate && <KeptShares estimate={estimate} />}
    </>
  );
}
