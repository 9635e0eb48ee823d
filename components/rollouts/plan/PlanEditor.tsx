"use client";

import type { ReactNode } from "react";
import { Segmented } from "#components/ui/Segmented.tsx";
import { PLAN_PRESETS, type PlanPreset, planOf, presetOf } from "#domain/fleet/rollout/planPresets.ts";
import type { RolloutPlan } from "#domain/fleet/rollout/rolloutPlan.ts";
import { stageSizes } from "#domain/fleet/rollout/stageSizes.ts";
import { GateFields } from "./GateFields.tsx";
import { draftOfPlan, type PlanDraft, type PlanProblems } from "./planDraft.ts";
import { PRESET_WORDS, planSentence } from "./planWords.ts";
import { StageFields } from "./StageFields.tsx";

type PlanEditorProps = {
  draft: PlanDraft;
  plan: RolloutPlan | null;
  problems: PlanProblems;
  /** Connected collectors of the group; null until that is known. */
  collectors: number | null;
  gateNotes?: ReadonlyMap<string, ReactNode>;
  /** On what the notes of the gates stand. */
  gatesReach?: string | null;
  onGatesOpen?: (open: boolean) => void;
  onChange: (draft: PlanDraft) => void;
};

/** How a change goes out: a preset to begin with, stages, and behind a fold what has to hold in each. */
export function PlanEditor({ draft, plan, problems, collectors, gateNotes, gatesReach, onGatesOpen, onChange }: PlanEditorProps) {
  const preset = plan === null ? null : presetOf(plan);
  const gateProblems = [...problems.keys()].some((path) => path.startsWith("gates."));
  const choose = (next: PlanPreset) => {
    const { stages, nextId } = draftOfPlan(planOf(next));
    // What was set at the gates stays; a preset is about stages.
    onChange({ ...draft, stages: stages.map((stage) => ({ ...stage, id: stage.id + draft.nextId })), nextId: draft.nextId + nextId });
  };
  return (
    <div className="flex flex-col gap-3">
      <div>
        <Segmented
          aria-label="How it goes out"
          value={preset ?? "own"}
          onValueChange={(value) => value !== "own" && choose(value)}
          options={[
            ...PLAN_PRESETS.map((value) => ({ value, label: PRESET_WORDS[value].label })),
            ...(preset === null ? [{ value: "own" as const, label: "Own" }] : []),
          ]}
        />
        <p className="mt-1 text-s text-ink-3">{preset === null ? "Stages of your own." : PRESET_WORDS[preset].meaning}</p>
      </div>
      <StageFields
        draft={draft}
        problems={problems}
        sizes={plan === null || collectors === null ? null : stageSizes(plan.stages, collectors)}
        onChange={onChange}
      />
      <details open={gateProblems || undefined} onToggle={(event) => onGatesOpen?.(event.currentTarget.open)}>
        <summary className="cursor-pointer font-[550] select-none">
          Gates <span className="font-normal text-ink-3">must hold in every stage, or it goes back by itself</span>
        </summary>
        <div className="mt-1.5">
          {gatesReach && <p className="num mb-1 text-s text-ink-3">{gatesReach}</p>}
          <GateFields draft={draft} problems={problems} notes={gateNotes} onChange={onChange} />
        </div>
      </details>
      {plan !== null && collectors !== null && (
        <p data-slot="plan-sentence" className="num text-ink-2">
          {planSentence(plan, collectors)}
        </p>
      )}
    </div>
  );
}
