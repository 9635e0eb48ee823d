"use client";

import type { KeyboardEvent } from "react";
import { cx } from "#components/ui/cx.ts";
import { fieldId } from "../draft/problemPlaces.ts";
import { useEditor, useProblemsAt } from "../editorContext.tsx";

type ChipInputProps = {
  label: string;
  /** Where the schema reports problems of it. */
  path: string;
  value: string;
  onChange: (value: string) => void;
  mono?: boolean;
  numeric?: boolean;
  unit?: string;
  placeholder?: string;
  onEnter?: () => void;
  onBackspaceWhenEmpty?: () => void;
  onPasteLines?: (lines: string[]) => void;
  onRemove?: () => void;
};

/** A value of the sentence, edited where it stands; as wide as its text. */
export function ChipInput({
  label,
  path,
  value,
  onChange,
  mono = true,
  numeric,
  unit,
  placeholder,
  onEnter,
  onBackspaceWhenEmpty,
  onPasteLines,
  onRemove,
}: ChipInputProps) {
  const { readOnly } = useEditor();
  const problems = useProblemsAt(path);
  const id = fieldId(path);
  if (readOnly) {
    return (
      <span
        id={id}
        className={cx("inline-flex min-h-[24px] items-center rounded-control border border-line px-1.5 break-all", mono ? "font-mono text-s" : "font-semibold")}
      >
        {value}
        {unit && <span className="ml-1 text-ink-3">{unit}</span>}
      </span>
    );
  }
  const pressed = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter" && onEnter) {
      event.preventDefault();
      onEnter();
    }
    if (event.key === "Backspace" && value === "" && onBackspaceWhenEmpty) {
      event.preventDefault();
      onBackspaceWhenEmpty();
    }
  };
  const invalid = problems.length > 0;
  return (
    <span
      className={cx(
        "inline-flex h-[24px] max-w-full items-center rounded-control border bg-canvas px-1.5 focus-within:outline-2 focus-within:outline-offset-[-1px]",
        invalid ? "border-bad focus-within:outline-bad" : "border-line-strong focus-within:outline-accent",
      )}
    >
      <input
        id={id}
        aria-label={label}
        aria-invalid={invalid || undefined}
        aria-describedby={invalid ? `${id}-problem` : undefined}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        inputMode={numeric ? "decimal" : undefined}
        placeholder={placeholder}
        size={Math.max(numeric ? 3 : 4, Math.min(40, (value === "" ? (placeholder ?? "") : value).length))}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={pressed}
        onPaste={(event) => {
          const lines = event.clipboardData
            .getData("text")
            .split(/\r?\n/)
            .filter((line) => line.trim() !== "");
          if (!onPasteLines || lines.length < 2) return;
          event.preventDefault();
          onPasteLines(lines);
        }}
        className={cx(
          "field-sizing-content max-w-full min-w-[3ch] border-0 bg-transparent p-0 text-ink outline-none",
          mono ? "font-mono text-s" : "font-semibold",
          numeric && "num",
        )}
      />
      {unit && <span className="pl-0.5 text-ink-2">{unit}</span>}
      {onRemove && (
        <button
          type="button"
          aria-label={`Remove ${label}`}
          onClick={onRemove}
          className="-mr-1.5 grid size-[24px] place-items-center rounded-chip text-ink-3 hover:bg-hover hover:text-ink"
        >
          <svg aria-hidden="true" viewBox="0 0 10 10" className="size-[8px]" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round">
            <path d="M1.5 1.5l7 7M8.5 1.5l-7 7" />
          </svg>
        </button>
      )}
    </span>
  );
}
