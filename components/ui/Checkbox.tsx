"use client";

import { type ReactNode, useId } from "react";
import { cx } from "./cx.ts";

type CheckboxProps = {
  label: ReactNode;
  /** One sentence beside the label. */
  hint?: ReactNode;
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  disabled?: boolean;
};

/** One thing that is or is not so, with what it means. */
export function Checkbox({ label, hint, checked, onCheckedChange, disabled = false }: CheckboxProps) {
  const id = useId();
  return (
    <div data-slot="checkbox" className="flex min-w-0 items-start gap-2">
      <input
        id={id}
        type="checkbox"
        className="mt-[3px] size-[14px] shrink-0 accent-accent disabled:cursor-not-allowed"
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        checked={checked}
        disabled={disabled}
        onChange={(event) => onCheckedChange(event.target.checked)}
      />
      <div className="min-w-0">
        <label htmlFor={id} className={cx("font-[550]", disabled && "text-ink-3")}>
          {label}
        </label>
        {hint !== undefined && (
          <p id={`${id}-hint`} className="text-s text-ink-3">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
