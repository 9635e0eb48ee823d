"use client";

import { Plus, Trash2 } from "lucide-react";
import { formatCount } from "#components/format/formatNumber.ts";
import { Button } from "#components/ui/Button.tsx";
import { Input } from "#components/ui/Input.tsx";
import { Select } from "#components/ui/Select.tsx";
import { STAGES_MAX } from "#domain/fleet/rollout/rolloutPlan.ts";
import { addStage, type BakeUnit, changeStage, type PlanDraft, type PlanProblems, removeStage, type StageDraft } from "./planDraft.ts";

type StageFieldsProps = {
  draft: PlanDraft;
  problems: PlanProblems;
  /** How many collectors each stage reaches; null while that can't be said. */
  sizes: readonly number[] | null;
  onChange: (draft: PlanDraft) => void;
};

const KINDS = [
  { value: "count", label: "collectors" },
  { value: "share", label: "% of the group" },
] as const;
const UNITS: { value: BakeUnit; label: string }[] = [
  { value: "s", label: "s" },
  { value: "min", label: "min" },
  { value: "h", label: "h" },
];

/** The stages, one a line: how far it reaches, how long it is watched, whether a person opens it. */
export function StageFields({ draft, problems, sizes, onChange }: StageFieldsProps) {
  return (
    <fieldset>
      <legend className="mb-1 font-[550]">Stages</legend>
      <ol className="rounded-control border border-line">
        {draft.stages.map((stage, at) => (
          <StageLine
            key={stage.id}
            stage={stage}
            at={at}
            isLast={at === draft.stages.length - 1}
            reach={sizes === null ? null : { size: sizes[at], before: at === 0 ? 0 : sizes[at - 1] }}
            problem={problems.get(`stages[${at}].size`) ?? null}
            bakeProblem={problems.get(`stages[${at}].bakeSeconds`) ?? null}
            onChange={(change) => onChange(changeStage(draft, stage.id, change))}
            onRemove={() => onChange(removeStage(draft, stage.id))}
          />
        ))}
      </ol>
      {draft.stages.length < STAGES_MAX && (
        <Button size="small" variant="ghost" className="mt-1" icon={<Plus aria-hidden />} onClick={() => onChange(addStage(draft))}>
          Add a stage
        </Button>
      )}
    </fieldset>
  );
}

type StageLineProps = {
  stage: StageDraft;
  at: number;
  isLast: boolean;
  reach: { size: number; before: number } | null;
  problem: string | null;
  bakeProblem: string | null;
  onChange: (change: Partial<StageDraft>) => void;
  onRemove: () => void;
};

function StageLine({ stage, at, isLast, reach, problem, bakeProblem, onChange, onRemove }: StageLineProps) {
  const name = `stage ${at + 1}`;
  const problemId = `stage-${stage.id}-problem`;
  const wrong = [problem && `Size ${problem}.`, bakeProblem && `Watching time ${bakeProblem}.`].filter(Boolean).join(" ");
  return (
    <li aria-label={`Stage ${at + 1}`} className="border-b border-line px-2.5 py-1.5 last:border-b-0">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1.5">
        <span className="num w-[14px] text-ink-3">{at + 1}</span>
        {isLast ? (
          <span className="w-[190px] font-medium">all collectors</span>
        ) : (
          <span className="flex w-[190px] gap-1">
            <Input
              numeric
              className="w-[58px]"
              aria-label={`How many, ${name}`}
              inputMode="decimal"
              invalid={problem !== null}
              aria-describedby={problem === null ? undefined : problemId}
              value={stage.amount}
              onChange={(event) => onChange({ amount: event.target.value })}
            />
            <Select className="flex-1" aria-label={`Of what, ${name}`} value={stage.kind} onValueChange={(kind) => onChange({ kind })} options={KINDS} />
          </span>
        )}
        <span className="flex items-center gap-1">
          <span className="text-ink-2">watched</span>
          <Input
            numeric
            className="w-[52px]"
            aria-label={`Watched for, ${name}`}
            inputMode="decimal"
            invalid={bakeProblem !== null}
            aria-describedby={bakeProblem === null ? undefined : problemId}
            value={stage.bake}
            onChange={(event) => onChange({ bake: event.target.value })}
          />
          <Select
            className="w-[62px]"
            aria-label={`Unit of the time, ${name}`}
            value={stage.bakeUnit}
            onValueChange={(bakeUnit) => onChange({ bakeUnit })}
            options={UNITS}
          />
        </span>
        <label className="flex cursor-pointer items-center gap-1.5 whitespace-nowrap">
          <input
            type="checkbox"
            className="size-[14px] accent-accent"
            aria-label={`A person opens ${name}`}
            checked={stage.needsApproval}
            onChange={(event) => onChange({ needsApproval: event.target.checked })}
          />
          a person opens it
        </label>
        <span className="num ml-auto text-s text-ink-3">{reach === null ? "" : reachWords(reach)}</span>
        {!isLast && (
          <Button size="icon" variant="ghost" aria-label={`Remove ${name}`} className="-my-1 -mr-1.5" onClick={onRemove}>
            <Trash2 aria-hidden />
          </Button>
        )}
      </div>
      {wrong !== "" && (
        <p id={problemId} role="alert" data-slot="field-error" className="mt-1 ml-[22px] text-s text-bad">
          {wrong}
        </p>
      )}
    </li>
  );
}

/** `12`, or that it has none that the stages before have not. */
function reachWords({ size, before }: { size: number; before: number }): string {
  return size === before ? "no more" : formatCount(size);
}
