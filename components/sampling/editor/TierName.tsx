"use client";

import { cx } from "#components/ui/cx.ts";
import type { DraftTier } from "../draft/draftPolicy.ts";
import { fieldId } from "../draft/problemPlaces.ts";
import { useEditor, useProblemsAt } from "../editorContext.tsx";

/** Reads as a heading; is a field when it is pointed at. */
export function TierName({ tier, path }: { tier: DraftTier; path: string }) {
  const { readOnly, edit } = useEditor();
  const at = `${path}.name`;
  const problems = useProblemsAt(at);
  const id = fieldId(at);
  const invalid = problems.length > 0;
  if (readOnly) return <b>{tier.name}</b>;
  return (
    <>
      <input
        id={id}
        aria-label={`Name of tier ${tier.name}`}
        aria-invalid={invalid || undefined}
        aria-describedby={invalid ? `${id}-problem` : undefined}
        autoComplete="off"
        spellCheck={false}
        size={Math.max(8, Math.min(40, tier.name.length + 1))}
        value={tier.name}
        onChange={(event) => edit({ kind: "rename", tierId: tier.id, name: event.target.value }, `rename:${tier.id}`)}
        className={cx(
          "-ml-[5px] h-[24px] field-sizing-content max-w-full min-w-[6ch] rounded-chip border bg-transparent px-1 font-semibold outline-offset-[-1px] hover:border-line-strong focus:border-line-control focus:bg-canvas",
          invalid ? "border-bad" : "border-transparent",
        )}
      />
      {invalid && (
        <p id={`${id}-problem`} role="alert" className="basis-full text-s text-bad">
          {problems.join("; ")}
        </p>
      )}
    </>
  );
}
