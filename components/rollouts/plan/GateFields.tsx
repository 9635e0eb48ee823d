"use client";

import type { ReactNode } from "react";
import { cx } from "#components/ui/cx.ts";
import { Input } from "#components/ui/Input.tsx";
import { changeGate, type NumberGate, type PlanDraft, type PlanProblems } from "./planDraft.ts";

type Sentence = { gate: NumberGate; label: string; before: string; unit: string; after?: string; mustBeOn?: true };

/** Each gate as the sentence that has to be true, its limit in the middle. */
const SENTENCES: readonly Sentence[] = [
  {
    gate: "applyWithinSeconds",
    label: "Applied within",
    before: "Every collector of a stage runs it within",
    unit: "s",
    after: "with the right hash",
    mustBeOn: true,
  },
  { gate: "awayForSeconds", label: "Away for", before: "None of them is away for longer than", unit: "s", mustBeOn: true },
  { gate: "restartsMax", label: "Restarts", before: "None starts again more often than", unit: "times", mustBeOn: true },
  { gate: "reconnectsMax", label: "Reconnects", before: "None connects again more often than", unit: "times", mustBeOn: true },
  { gate: "windowSeconds", label: "Window", before: "Changed and control are compared by windows of", unit: "s", mustBeOn: true },
  {
    gate: "p99RatioMax",
    label: "P99 acknowledgement",
    before: "P99 acknowledgement is at most",
    unit: "%",
    after: "above what it would be without the change",
  },
  { gate: "queueShareMax", label: "Queue", before: "The fullest queue is at most", unit: "%", after: "full" },
  { gate: "memoryBytesPerMinuteMax", label: "Memory", before: "Memory grows by no more than", unit: "MB/min" },
  { gate: "droppedMax", label: "Dropped", before: "Spans dropped since the stage began:", unit: "at most" },
  { gate: "refusedShareMax", label: "Refused", before: "Refused is at most", unit: "%", after: "of what comes in, above the control group" },
];

type GateFieldsProps = {
  draft: PlanDraft;
  problems: PlanProblems;
  /** What is known of how often a gate would have fired before; shown after its sentence. */
  notes?: ReadonlyMap<string, ReactNode>;
  onChange: (draft: PlanDraft) => void;
};

/** What has to hold in every stage; the first that does not takes all of it back. */
export function GateFields({ draft, problems, notes, onChange }: GateFieldsProps) {
  return (
    <ul aria-label="Gates" className="rounded-control border border-line">
      {SENTENCES.map((sentence) => (
        <GateLine key={sentence.gate} sentence={sentence} draft={draft} problem={problems.get(`gates.${sentence.gate}`) ?? null} onChange={onChange}>
          {notes?.get(sentence.gate)}
        </GateLine>
      ))}
      <li className="px-2.5 py-1.5">
        <label className="flex min-h-[28px] cursor-pointer items-center gap-2">
          <input
            type="checkbox"
            className="size-[14px] shrink-0 accent-accent"
            checked={draft.keptShareWithinForecast}
            onChange={(event) => onChange({ ...draft, keptShareWithinForecast: event.target.checked })}
          />
          <span>The share that is kept lies within what was forecast, where there is a forecast.</span>
        </label>
        {notes?.get("keptShareWithinForecast")}
      </li>
    </ul>
  );
}

type GateLineProps = { sentence: Sentence; draft: PlanDraft; problem: string | null; onChange: (draft: PlanDraft) => void; children?: ReactNode };

function GateLine({ sentence: { gate, label, before, unit, after, mustBeOn }, draft, problem, onChange, children }: GateLineProps) {
  const { on, text } = draft.gates[gate];
  const problemId = `gate-${gate}-problem`;
  return (
    <li className="border-b border-line px-2.5 py-1">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        {mustBeOn ? (
          <span className="w-[14px]" />
        ) : (
          <input
            type="checkbox"
            aria-label={`Look at: ${label}`}
            className="size-[14px] shrink-0 accent-accent"
            checked={on}
            onChange={(event) => onChange(changeGate(draft, gate, { on: event.target.checked }))}
          />
        )}
        <span className={cx("flex min-h-[30px] flex-wrap items-center gap-x-1.5 gap-y-1", !on && "text-ink-3")}>
          {before}
          <Input
            numeric
            className="w-[64px]"
            aria-label={`Limit: ${label}${unit === "at most" ? "" : `, ${unit}`}`}
            inputMode="decimal"
            disabled={!on}
            invalid={problem !== null}
            aria-describedby={problem === null ? undefined : problemId}
            value={text}
            onChange={(event) => onChange(changeGate(draft, gate, { text: event.target.value }))}
          />
          {unit} {after}
        </span>
      </div>
      {problem !== null && (
        <p id={problemId} role="alert" data-slot="field-error" className="mt-0.5 ml-[22px] text-s text-bad">
          {label} {problem}.
        </p>
      )}
      {children !== undefined && <div className="ml-[22px] text-s">{children}</div>}
    </li>
  );
}
