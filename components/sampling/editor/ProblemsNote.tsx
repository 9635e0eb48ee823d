"use client";

import { Note } from "#components/ui/Note.tsx";
import type { Problem } from "#domain/validation/problems.ts";
import type { DraftPolicy } from "../draft/draftPolicy.ts";
import { describeProblem, fieldId, inFormWords, pathAndAncestors } from "../draft/problemPlaces.ts";

const SHOWN_MAX = 8;

/** All problems once, each a way to its field. */
export function ProblemsNote({ problems, draft }: { problems: readonly Problem[]; draft: DraftPolicy }) {
  const lines = [...new Map(problems.map((problem) => [describeProblem(problem, draft), inFormWords(problem).path])).entries()];
  return (
    <Note tone="bad" role="status">
      <b>{lines.length === 1 ? "1 error." : `${lines.length} errors.`}</b>{" "}
      <span className="text-ink-2">The draft can't be saved until {lines.length === 1 ? "it is" : "they are"} put right.</span>
      <ul className="mt-1 flex flex-col gap-0.5">
        {lines.slice(0, SHOWN_MAX).map(([text, path]) => (
          <li key={text}>
            <button type="button" className="text-left break-words text-bad underline decoration-1 underline-offset-2" onClick={() => focusField(path)}>
              {text}
            </button>
          </li>
        ))}
        {lines.length > SHOWN_MAX && <li className="text-ink-2">and {lines.length - SHOWN_MAX} more</li>}
      </ul>
    </Note>
  );
}

/** The field itself, or the nearest thing around it that can take the focus. */
function focusField(path: string) {
  for (const candidate of pathAndAncestors(path)) {
    const element = document.getElementById(fieldId(candidate));
    if (!element) continue;
    element.scrollIntoView({ block: "center" });
    element.focus({ preventScroll: true });
    return;
  }
}
