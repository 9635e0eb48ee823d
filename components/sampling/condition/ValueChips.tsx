"use client";

import { VALUES_MAX } from "#domain/sampling/condition.ts";
import { fieldId } from "../draft/problemPlaces.ts";
import { useEditor } from "../editorContext.tsx";
import { ChipInput } from "./ChipInput.tsx";

type ValueChipsProps = { label: string; path: string; values: readonly string[]; placeholder: string; onChange: (values: string[], key?: string) => void };

/** A list of values: Enter adds one after, Backspace in an empty one takes it away, pasted lines become values. */
export function ValueChips({ label, path, values, placeholder, onChange }: ValueChipsProps) {
  const { readOnly } = useEditor();
  const focusSoon = (index: number) => requestAnimationFrame(() => document.getElementById(fieldId(`${path}[${index}]`))?.focus());
  const insertAt = (index: number, added: readonly string[]) => {
    onChange([...values.slice(0, index), ...added, ...values.slice(index)].slice(0, VALUES_MAX));
    focusSoon(index + added.length - 1);
  };
  const removeAt = (index: number) => {
    onChange(values.filter((_, at) => at !== index));
    focusSoon(Math.max(0, index - 1));
  };
  return (
    <>
      {values.map((value, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a value is its place in the list; two may be equal while typing
        <span key={index} className="inline-flex max-w-full items-center">
          {index > 0 && <span className="pr-1.5 pl-0.5 text-ink-3">or</span>}
          <ChipInput
            label={`${label} ${index + 1}`}
            path={`${path}[${index}]`}
            value={value}
            placeholder={placeholder}
            onChange={(next) => onChange(values.with(index, next), `${path}[${index}]`)}
            onEnter={value === "" ? undefined : () => insertAt(index + 1, [""])}
            onBackspaceWhenEmpty={values.length > 1 ? () => removeAt(index) : undefined}
            onPasteLines={(lines) => onChange([...values.slice(0, index), ...lines, ...values.slice(index + (value === "" ? 1 : 0))].slice(0, VALUES_MAX))}
            onRemove={values.length > 1 ? () => removeAt(index) : undefined}
          />
        </span>
      ))}
      {!readOnly && values.length < VALUES_MAX && (
        <button
          type="button"
          aria-label={`Add a value to ${label}`}
          onClick={() => insertAt(values.length, [""])}
          className="grid size-[24px] place-items-center rounded-control border border-dashed border-line-strong text-ink-3 hover:bg-hover hover:text-ink"
        >
          +
        </button>
      )}
    </>
  );
}
