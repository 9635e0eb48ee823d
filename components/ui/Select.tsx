"use client";

import { Check, ChevronDown } from "lucide-react";
import { Select as RadixSelect } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";

export type SelectOption<V extends string> = { value: V; label: ReactNode; hint?: ReactNode; disabled?: boolean };

type SelectProps<V extends string> = {
  value: V | undefined;
  onValueChange: (value: V) => void;
  options: readonly SelectOption<V>[];
  placeholder?: string;
  "aria-label"?: string;
  "aria-labelledby"?: string;
  "aria-describedby"?: string;
  id?: string;
  invalid?: boolean;
  disabled?: boolean;
  size?: "default" | "small";
  className?: string;
};

export function Select<V extends string>({
  value,
  onValueChange,
  options,
  placeholder,
  invalid,
  disabled,
  size = "default",
  className,
  ...aria
}: SelectProps<V>) {
  const choose = (text: string) => {
    const option = options.find((candidate) => candidate.value === text);
    if (option) onValueChange(option.value);
  };
  return (
    <RadixSelect.Root value={value ?? ""} onValueChange={choose} disabled={disabled}>
      <RadixSelect.Trigger
        data-slot="select"
        aria-invalid={invalid || undefined}
        className={cx(
          "inline-flex min-w-0 items-center justify-between gap-1.5 rounded-control border bg-raised px-2 text-left text-ink hover:bg-hover disabled:cursor-not-allowed disabled:opacity-55 data-[placeholder]:text-ink-3",
          size === "small" ? "h-[26px] text-s" : "h-[30px]",
          invalid ? "border-bad ring-2 ring-bad-soft" : "border-line-control",
          className,
        )}
        {...aria}
      >
        <span className="truncate">
          <RadixSelect.Value placeholder={placeholder} />
        </span>
        <ChevronDown aria-hidden className="size-[13px] shrink-0 text-ink-3" />
      </RadixSelect.Trigger>
      <RadixSelect.Portal>
        <RadixSelect.Content
          position="popper"
          sideOffset={4}
          className="z-50 max-h-[var(--radix-select-content-available-height)] min-w-[var(--radix-select-trigger-width)] animate-float-in overflow-hidden rounded-panel border border-line bg-raised shadow-float"
        >
          <RadixSelect.Viewport className="p-1">
            {options.map((option) => (
              <RadixSelect.Item
                key={option.value}
                value={option.value}
                disabled={option.disabled}
                className="flex min-h-[28px] cursor-default items-center gap-2 rounded-chip py-1 pr-2.5 pl-1.5 outline-none select-none data-[disabled]:text-ink-3 data-[highlighted]:bg-hover"
              >
                <span className="grid size-[14px] place-items-center text-accent">
                  <RadixSelect.ItemIndicator>
                    <Check aria-hidden className="size-[13px]" />
                  </RadixSelect.ItemIndicator>
                </span>
                <RadixSelect.ItemText>{option.label}</RadixSelect.ItemText>
                {option.hint !== undefined && <span className="ml-auto pl-4 text-s text-ink-3">{option.hint}</span>}
              </RadixSelect.Item>
            ))}
          </RadixSelect.Viewport>
        </RadixSelect.Content>
      </RadixSelect.Portal>
    </RadixSelect.Root>
  );
}
