"use client";

import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import type { SelectorProblem } from "#domain/fleet/selector.ts";
import type { Problem } from "#domain/validation/problems.ts";
import { parsePriority } from "./parsePriority.ts";

export type GroupDraft = { name: string; selector: string; priority: string; description: string };

type GroupFieldsProps = {
  draft: GroupDraft;
  onChange: (draft: GroupDraft) => void;
  isDefault: boolean;
  selectorProblem: SelectorProblem | null;
  /** What the server had against the last try. */
  problems: readonly Problem[];
};

export function GroupFields({ draft, onChange, isDefault, selectorProblem, problems }: GroupFieldsProps) {
  const problem = (path: string) => problems.find((one) => one.path === path)?.message;
  return (
    <div className="flex flex-col gap-3.5">
      <Field label="Name" error={problem("name")}>
        {(control) => <Input {...control} value={draft.name} maxLength={80} onChange={(event) => onChange({ ...draft, name: event.target.value })} />}
      </Field>
      {!isDefault && (
        <>
          <Field
            label="Selector"
            hint="Labels as in Kubernetes: env=prod, region in (eu, us), tier!=db, zone, !canary. All parts must hold."
            error={selectorProblem ? <SelectorError text={draft.selector} problem={selectorProblem} /> : problem("selector")}
          >
            {(control) => (
              <Input
                {...control}
                mono
                spellCheck={false}
                value={draft.selector}
                placeholder="env=prod, region in (eu, us)"
                onChange={(event) => onChange({ ...draft, selector: event.target.value })}
              />
            )}
          </Field>
          <Field
            label="Priority"
            hint="Where several groups select a collector, the highest has it; of equal ones the older group."
            error={parsePriority(draft.priority) === null ? "must be a whole number from −10000 to 10000" : problem("priority")}
          >
            {(control) => (
              <Input
                {...control}
                numeric
                inputMode="numeric"
                className="w-[110px]"
                value={draft.priority}
                onChange={(event) => onChange({ ...draft, priority: event.target.value })}
              />
            )}
          </Field>
        </>
      )}
      <Field label="Description" optional error={problem("description")}>
        {(control) => (
          <Input {...control} value={draft.description} maxLength={500} onChange={(event) => onChange({ ...draft, description: event.target.value })} />
        )}
      </Field>
    </div>
  );
}

/** The text up to where it went wrong, and what to do there. */
function SelectorError({ text, problem: { position, message } }: { text: string; problem: SelectorProblem }) {
  const before = text.slice(0, position);
  return (
    <>
      {before.trim() !== "" && (
        <>
          After <code className="font-mono">{before.length > 40 ? `…${before.slice(-40)}` : before}</code>:{" "}
        </>
      )}
      {message}
    </>
  );
}
