"use client";

import { cx } from "#components/ui/cx.ts";
import { Select } from "#components/ui/Select.tsx";
import { useEditor } from "../editorContext.tsx";
import { wordFor } from "./words.ts";

type ChipSelectProps<V extends string> = {
  label: string;
  value: V;
  options: readonly { value: V; label: string }[];
  onChange: (value: V) => void;
  /** A subject stands in a frame, a comparison is plain text until it is pointed at, a value is bold. */
  look: "subject" | "word" | "value";
};

/** One word of the sentence that can be exchanged. */
export function ChipSelect<V extends string>({ label, value, options, onChange, look }: ChipSelectProps<V>) {
  const { readOnly } = useEditor();
  if (readOnly) {
    return (
      <span
        className={cx(
          "inline-flex h-[24px] items-center px-1",
          look === "word" ? "text-ink-3" : "rounded-control border border-line px-1.5",
          look === "value" && "font-semibold",
        )}
      >
        {wordFor(options, value)}
      </span>
    );
  }
  return (
    <Select
      size="small"
      aria-label={label}
      value={value}
      options={options}
      onValueChange={onChange}
      className={cx(
        "h-[24px]! gap-1! text-base! [&_svg]:size-[11px]!",
        look === "word" ? "border-transparent! bg-transparent! px-1! text-ink-2! hover:bg-hover! [&_svg]:opacity-50" : "border-line-strong! bg-canvas! px-1.5!",
        look === "value" && "font-semibold",
      )}
    />
  );
}
