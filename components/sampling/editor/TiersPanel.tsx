"use client";

import { Redo2, Undo2 } from "lucide-react";
import { Button } from "#components/ui/Button.tsx";
import { SampleChip } from "#components/ui/Chip.tsx";
import { Kbd } from "#components/ui/Kbd.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Tooltip } from "#components/ui/Tooltip.tsx";
import { type SamplingPolicy, TIERS_MAX } from "#domain/sampling/samplingPolicy.ts";
import { asPolicy } from "../draft/asPolicy.ts";
import type { DraftPolicy } from "../draft/draftPolicy.ts";
import { useEditor } from "../editorContext.tsx";
import { useEstimate } from "../useEstimate.ts";
import { TierList } from "./TierList.tsx";
import { TierMatchCell } from "./TierMatchCell.tsx";
import { tierChanges } from "./tierChanges.ts";

type TiersPanelProps = {
  draft: DraftPolicy;
  base: SamplingPolicy;
  history: { undo: () => void; redo: () => void; canUndo: boolean; canRedo: boolean };
};

/** The ordered tiers with what each matches right now. */
export function TiersPanel({ draft, base, history }: TiersPanelProps) {
  const { readOnly, edit } = useEditor();
  const { tiers } = draft;
  const shape = asPolicy(draft);
  const { estimate, price, matchedPerS, sampleShare, live } = useEstimate(shape);
  const inForce = (index: number) => live.find(({ name }) => name === estimate?.tiers[index]?.runningName)?.ratio ?? null;
  return (
    <>
      <Panel
        title="Tiers"
        flush
        aside={<span className="text-s text-ink-3">the first that matches {draft.scope === "trace" ? "the trace " : ""}decides</span>}
        actions={
          <>
            {sampleShare > 0 && <SampleChip share={sampleShare} />}
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
        <TierList
          tiers={tiers}
          changes={tierChanges(shape, base)}
          inForce={inForce}
          match={(index) => <TierMatchCell tier={estimate?.tiers[index]} matchedPerS={matchedPerS} price={price} />}
        />
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
