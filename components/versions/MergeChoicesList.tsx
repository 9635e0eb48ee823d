"use client";

import { Segmented } from "#components/ui/Segmented.tsx";
import type { MergeChoices, MergeConflict, MergeSide } from "#domain/merge/mergeValue.ts";

type MergeChoicesListProps = {
  conflicts: readonly MergeConflict[];
  choices: MergeChoices;
  /** Whose change "theirs" is: "Olga's". */
  theirs: string;
  onChoose: (id: string, side: MergeSide) => void;
};

/** What both changed in different ways, one choice each: what it was, what they made of it, what you made of it. */
export function MergeChoicesList({ conflicts, choices, theirs, onChoose }: MergeChoicesListProps) {
  const options = [
    { value: "theirs", label: theirs },
    { value: "mine", label: "Mine" },
  ] as const;
  return (
    <ul aria-label="Changed by both" className="flex flex-col gap-2">
      {conflicts.map((conflict) => {
        const side = choices[conflict.id] ?? "mine";
        const lines = [
          { label: "was", text: conflict.base, chosen: false },
          { label: theirs, text: conflict.theirs, chosen: side === "theirs" },
          { label: "Mine", text: conflict.mine, chosen: side === "mine" },
        ];
        return (
          <li key={conflict.id} className="rounded-control border border-line px-3 py-2">
            <div className="flex flex-wrap items-center justify-between gap-2">
              <b className="min-w-0 break-words">{conflict.subject}</b>
              <Segmented
                size="small"
                aria-label={`Take for ${conflict.subject}`}
                value={side}
                onValueChange={(to) => onChoose(conflict.id, to)}
                options={options}
              />
            </div>
            <dl className="mt-1 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3">
              {lines.map(({ label, text, chosen }) => (
                <div key={label} className={`contents ${chosen ? "text-ink" : "text-ink-2"}`}>
                  <dt className="text-ink-3">{label}</dt>
                  <dd className={`break-words ${chosen ? "font-[550]" : ""}`}>{text}</dd>
                </div>
              ))}
            </dl>
          </li>
        );
      })}
    </ul>
  );
}
