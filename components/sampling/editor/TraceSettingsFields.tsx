"use client";

import { type ReactNode, useState } from "react";
import { Input } from "#components/ui/Input.tsx";
import { fieldId } from "../draft/problemPlaces.ts";
import { type DraftTraceSettings, draftTraceSettings } from "../draft/traceDraft.ts";
import { useEditor, useProblemsAt } from "../editorContext.tsx";

const DEFAULTS = draftTraceSettings(null);
/** Under "Advanced", by the schema's path. */
const ADVANCED: readonly { path: string; field: keyof DraftTraceSettings; label: string; unit: string; hint: string }[] = [
  { path: "tracesMax", field: "tracesMax", label: "Traces that may wait", unit: "traces", hint: "At the bound the oldest are decided early; nothing is lost." },
  { path: "spansMax", field: "spansMax", label: "Spans that may wait", unit: "spans", hint: "The same rule." },
  {
    path: "bytesMax",
    field: "bytesMaxMib",
    label: "Memory of waiting spans",
    unit: "MiB",
    hint: "The same rule; the index takes about 40 bytes a span besides.",
  },
  {
    path: "decisionCache.entriesMax",
    field: "entriesMax",
    label: "Decisions remembered",
    unit: "decisions",
    hint: "For late spans, 40 bytes each; the oldest make room.",
  },
  { path: "decisionCache.ttlMs", field: "ttlS", label: "Remembered for", unit: "s", hint: "A span that comes later begins its trace anew." },
];

/** How long spans wait for their trace; bounds and the decision cache stand folded away. */
export function TraceSettingsFields({ settings }: { settings: DraftTraceSettings }) {
  const { problems } = useEditor();
  const [open, setOpen] = useState(false);
  const wrong = ADVANCED.some(({ path }) => problems.has(path));
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <div className="grid grid-cols-2 gap-3">
        <Setting path="decisionWaitMs" field="decisionWaitS" settings={settings} label="Decision wait" unit="s">
          A trace is decided this long after its first span.
        </Setting>
        <Setting path="decisionWaitAfterRootMs" field="decisionWaitAfterRootS" settings={settings} label="Wait after the root" unit="s">
          Or this long after its root span, if that is earlier.
        </Setting>
      </div>
      <details open={open || wrong} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="rounded-chip text-ink-2">
          <b className="font-[550]">Advanced</b>{" "}
          <span className="num text-s text-ink-3">
            {settings.tracesMax || DEFAULTS.tracesMax} traces · {settings.spansMax || DEFAULTS.spansMax} spans · {settings.bytesMaxMib || DEFAULTS.bytesMaxMib}{" "}
            MiB
          </span>
        </summary>
        <p className="mt-1.5 text-s text-ink-3">Bounds and memory of each collector.</p>
        <div className="mt-2 grid gap-3 sm:grid-cols-2">
          {ADVANCED.map(({ path, field, label, unit, hint }) => (
            <Setting key={path} path={path} field={field} settings={settings} label={label} unit={unit}>
              {hint}
            </Setting>
          ))}
        </div>
      </details>
    </div>
  );
}

type SettingProps = { path: string; field: keyof DraftTraceSettings; settings: DraftTraceSettings; label: string; unit: string; children: ReactNode };

function Setting({ path, field, settings, label, unit, children }: SettingProps) {
  const { readOnly, edit } = useEditor();
  const problems = useProblemsAt(path);
  const id = fieldId(path);
  const invalid = problems.length > 0;
  const value = settings[field];
  return (
    <div data-slot="field" className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="font-[550]">
        {label}
      </label>
      {readOnly ? (
        <p id={id} className="num">
          {value} {unit}
        </p>
      ) : (
        <Input
          id={id}
          numeric
          suffix={unit}
          inputMode="decimal"
          spellCheck={false}
          invalid={invalid}
          aria-describedby={`${id}-hint${invalid ? ` ${id}-problem` : ""}`}
          placeholder={DEFAULTS[field]}
          value={value}
          onChange={(event) => edit({ kind: "traceSettings", patch: { [field]: event.target.value } }, path)}
        />
      )}
      {invalid && (
        <p id={`${id}-problem`} role="alert" className="text-s text-bad">
          {problems.join("; ")}
        </p>
      )}
      <p id={`${id}-hint`} className="text-s text-ink-3">
        {children}{" "}
        <span className="whitespace-nowrap">
          Default: {DEFAULTS[field]} {unit}.
        </span>
      </p>
    </div>
  );
}
