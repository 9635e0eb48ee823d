"use client";

import { RadioGroup } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";

export type SegmentedOption<V extends string> = { value: V; label: ReactNode; disabled?: boolean };

type SegmentedProps<V extends string> = {
  value: V;
  onValueChange: (value: V) => void;
  options: readonly SegmentedOption<V>[];
  "aria-label": string;
  size?: "default" | "small";
  className?: string;
};

/** One choice of a few, all visible; a radio group, so arrows move the choice. */
export function Segmented<V extends string>({ value, onValueChange, options, size = "default", className, ...aria }: SegmentedProps<V>) {
  const choose = (text: string) => {
    const option = options.find((candidate) => candidate.value === text);
    if (option) onValueChange(option.value);
  };
  return (
    <RadioGroup.Root
      data-slot="segmented"
      value={value}
      onValueChange={choose}
      orientation="horizontal"
      className={cx("inline-flex max-w-full overflow-x-auto rounded-control border border-line-strong/70", className)}
      {...aria}
    >
      {options.map((option) => (
        <RadioGroup.Item
          key={option.value}
          value={option.value}
          disabled={option.disabled}
          className={cx(
            "border-l border-line px-2.5 whitespace-nowrap text-ink-2 first:rounded-l-[5px] first:border-l-0 last:rounded-r-[5px] hover:bg-hover focus-visible:outline-offset-[-2px] disabled:opacity-50 data-[state=checked]:bg-selected data-[state=checked]:font-[550] data-[state=checked]:text-ink",
            size === "small" ? "h-[22px] text-s" : "h-[28px]",
          )}
        >
          {option.label}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
