"use client";

import { cx } from "#components/ui/cx.ts";
import { Panel } from "#components/ui/Panel.tsx";
import { Segmented } from "#components/ui/Segmented.tsx";
import type { DraftPolicy } from "../draft/draftPolicy.ts";
import { useEditor } from "../editorContext.tsx";
import { WaitFigures } from "../wait/WaitFigures.tsx";
import { TraceSettingsFields } from "./TraceSettingsFields.tsx";
import { wantedWait } from "./wantedWait.ts";

const SCOPES = [
  {
    value: "span",
    label: "Each span by itself",
    means: "Decided the moment it arrives. Nothing waits and nothing is held in memory; of one trace, some spans may be kept and others not.",
  },
  {
    value: "trace",
    label: "Whole traces",
    means: "Spans wait for the rest of their trace and share one decision. Kept traces are complete; what waits takes memory and comes later.",
  },
] as const;

/** What one decision is about: a span or a trace, and for traces how long is waited and how much may wait. */
export function ScopePanel({ draft }: { draft: DraftPolicy }) {
  const { readOnly, edit, problems } = useEditor();
  const { scope } = draft;
  return (
    <Panel
      title="What is decided"
      actions={
        readOnly ? (
          <b>{SCOPES.find(({ value }) => value === scope)?.label}</b>
        ) : (
          <Segmented aria-label="What is decided" value={scope} onValueChange={(to) => edit({ kind: "scope", to })} options={SCOPES} />
        )
      }
    >
      <dl className="grid gap-x-6 gap-y-1.5 md:grid-cols-2">
        {SCOPES.map(({ value, label, means }) => (
          <div key={value} className={cx(value === scope ? "text-ink" : "text-ink-3", readOnly && value !== scope && "hidden")}>
            <dt className={cx("inline", value === scope && "font-semibold")}>{label}:</dt> <dd className="inline">{means}</dd>
          </div>
        ))}
      </dl>
      {scope === "trace" && (
        <div className="mt-3 grid gap-x-6 gap-y-4 border-t border-line pt-3 md:grid-cols-2">
          <TraceSettingsFields settings={draft.trace} />
          <WaitFigures wanted={wantedWait(draft, problems)} />
        </div>
      )}
    </Panel>
  );
}
