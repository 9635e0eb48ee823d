"use client";

import { useQuery } from "@tanstack/react-query";
import { Redo2, Undo2 } from "lucide-react";
import { useTRPC } from "#components/data/trpc.ts";
import { useLiveTopic } from "#components/data/useLive.ts";
import { Button } from "#components/ui/Button.tsx";
import { SampleChip } from "#components/ui/Chip.tsx";
import { Kbd } from "#components/ui/Kbd.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Tooltip } from "#components/ui/Tooltip.tsx";
import { TIERS_MAX, type SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { conditionInput, type DraftTier } from "../draft/draftPolicy.ts";
import { parsePercent } from "../draft/percent.ts";
import { useEditor } from "../editorContext.tsx";
import { matchingRates, tierCostMicroUsdPerHour } from "../matchingRates.ts";
import { useRunningPolicy } from "../useRunningPolicy.ts";
import { TierList } from "./TierList.tsx";
import { TierMatchCell } from "./TierMatchCell.tsx";
import { tierChanges } from "./tierChanges.ts";

type TiersPanelProps = {
  tiers: readonly DraftTier[];
  base: SamplingPolicy;
  history: { undo: () => void; redo: () => void; canUndo: boolean; canRedo: boolean };
};

/** The ordered tiers with what each matches right now. */
export function TiersPanel({ tiers, base, history }: TiersPanelProps) {
  const trpc = useTRPC();
  const { readOnly, edit } = useEditor();
  const { body: running } = useRunningPolicy();
  const fleet = useLiveTopic({ kind: "fleet" })?.event;
  const price = useQuery(trpc.prices.get.queryOptions());
  const shapes = tiers.map((tier) => ({ condition: conditionInput(tier.condition), keep: { ratio: parsePercent(tier.keepPercent) } }));
  const matches = matchingRates(shapes, running ?? null, fleet?.tiers ?? null);
  const cell = (index: number) => {
    const cost = price.data ? tierCostMicroUsdPerHour(price.data, matches[index], shapes[index].keep.ratio) : null;
    return <TierMatchCell match={matches[index]} costMicroUsd={cost} />;
  };
  return (
    <>
      <Panel
        title="Tiers"
        flush
        aside={<span className="text-s text-ink-3">the first that matches decides</span>}
        actions={
          <>
            {fleet !== undefined && fleet.point.sampleShare > 0 && <SampleChip share={fleet.point.sampleShare} />}
            {!readOnly && (
              <span className="flex">
                <Tooltip label="Undo ⌘Z">
                  <Button variant="ghost" size="icon" aria-label="Undo" disabled={!history.canUndo} onClick={history.undo} icon={<Undo2 aria-hidden />} />
                </Tooltip>
                <Tooltip label="Redo ⇧⌘Z">
                  <Button variant="ghost" size="icon" aria-label="Redo" disabled={!history.canRedo} onClick={history.redo} icon={<Redo2 aria-hidden />} />
                </Tooltip>
              </span>
            )}
          </>
        }
      >
        <TierList tiers={tiers} changes={tierChanges(tiers, base)} match={cell} />
      </Panel>
      {!readOnly && (
        <div className="flex flex-wrap items-center gap-3">
          <Button disabled={tiers.length >= TIERS_MAX} onClick={() => edit({ kind: "addTier" })}>
            Add tier <Kbd>a</Kbd>
          </Button>
          {tiers.length >= TIERS_MAX && <span className="text-s text-ink-3">A policy has at most {TIERS_MAX} tiers.</span>}
          <span className="ml-auto text-s text-ink-3">
            Drag, or <Kbd>⌥↑</Kbd> <Kbd>⌥↓</Kbd> to reorder
          </span>
        </div>
      )}
    </>
  );
}
