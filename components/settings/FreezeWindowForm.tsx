"use client";

import { useState } from "react";
import { Button } from "#components/ui/Button.tsx";
import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { Segmented } from "#components/ui/Segmented.tsx";
import type { FreezeWindow } from "#domain/fleet/rollout/rolloutView.ts";
import { DAYS, EMPTY_FREEZE, type FreezeDraft, readFreeze } from "./freezeDraft.ts";

const KINDS = [
  { value: "weekly", label: "Every week" },
  { value: "dated", label: "Once" },
] as const;

/** One more window, in this browser's time zone. */
export function FreezeWindowForm({ busy, onAdd, onCancel }: { busy: boolean; onAdd: (window: FreezeWindow) => void; onCancel: () => void }) {
  const [draft, setDraft] = useState<FreezeDraft>(EMPTY_FREEZE);
  const [asked, setAsked] = useState(false);
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const read = readFreeze(draft, timeZone);
  const problems = asked && "problems" in read ? read.problems : {};
  const change = (next: Partial<FreezeDraft>) => setDraft({ ...draft, ...next });
  const weekly = draft.kind === "weekly";
  return (
    <form
      className="flex flex-col gap-2.5 rounded-control border border-line p-3"
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if ("window" in read) onAdd(read.window);
      }}
    >
      <Segmented size="small" aria-label="How often" value={draft.kind} onValueChange={(kind) => change({ kind })} options={KINDS} />
      <Field label="What for" error={problems.name}>
        {(control) => <Input {...control} maxLength={100} value={draft.name} onChange={(event) => change({ name: event.target.value })} />}
      </Field>
      {weekly && (
        <fieldset>
          <legend className="font-[550]">Begins on</legend>
          <div className="flex flex-wrap gap-x-3 gap-y-1">
            {DAYS.map((day, index) => (
              <label key={day} className="flex min-h-[24px] cursor-pointer items-center gap-1.5">
                <input
                  type="checkbox"
                  className="size-[14px] accent-accent"
                  checked={draft.days.includes(index + 1)}
                  onChange={(event) => change({ days: event.target.checked ? [...draft.days, index + 1] : draft.days.filter((one) => one !== index + 1) })}
                />
                {day}
              </label>
            ))}
          </div>
          {problems.days && (
            <p role="alert" data-slot="field-error" className="text-s text-bad">
              {problems.days}
            </p>
          )}
        </fieldset>
      )}
      <div className="flex flex-wrap gap-3">
        <Field label="From">
          {(control) => (
            <Input
              {...control}
              type={weekly ? "time" : "datetime-local"}
              value={weekly ? draft.from : draft.fromDate}
              onChange={(event) => change(weekly ? { from: event.target.value } : { fromDate: event.target.value })}
            />
          )}
        </Field>
        <Field label="To" hint={weekly ? `${timeZone}; at or before the beginning means on the next day.` : timeZone} error={problems.to}>
          {(control) => (
            <Input
              {...control}
              type={weekly ? "time" : "datetime-local"}
              value={weekly ? draft.to : draft.toDate}
              onChange={(event) => change(weekly ? { to: event.target.value } : { toDate: event.target.value })}
            />
          )}
        </Field>
      </div>
      <div className="flex gap-2">
        <Button type="submit" variant="primary" busy={busy}>
          Add the window
        </Button>
        <Button variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
