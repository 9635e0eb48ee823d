"use client";

import { focusFirst } from "#components/ui/focusFirst.ts";
import { Note } from "#components/ui/Note.tsx";

const SHOWN_MAX = 8;

export type ProblemLine = {
  text: string;
  /** Ids of elements: the field itself, then what stands around it; the first that is there takes the focus. */
  ids: readonly string[];
};

/** All problems once, each a way to its field. */
export function ProblemsNote({ lines }: { lines: readonly ProblemLine[] }) {
  return (
    <Note tone="bad" role="status">
      <b>{lines.length === 1 ? "1 error." : `${lines.length} errors.`}</b>{" "}
      <span className="text-ink-2">The draft can't be saved until {lines.length === 1 ? "it is" : "they are"} put right.</span>
      <ul className="mt-1 flex flex-col gap-0.5">
        {lines.slice(0, SHOWN_MAX).map(({ text, ids }) => (
          <li key={text}>
            <button type="button" className="text-left break-words text-bad underline decoration-1 underline-offset-2" onClick={() => focusFirst(ids)}>
              {text}
            </button>
          </li>
        ))}
        {lines.length > SHOWN_MAX && <li className="text-ink-2">and {lines.length - SHOWN_MAX} more</li>}
      </ul>
    </Note>
  );
}
