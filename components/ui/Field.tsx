"use client";

import { type ReactNode, useId } from "react";
import { cx } from "./cx.ts";

export type FieldControl = { id: string; "aria-describedby": string | undefined; invalid: boolean };

type FieldProps = {
  label: ReactNode;
  /** One sentence under the label. */
  hint?: ReactNode;
  /** What is wrong and what to do; turns the control red and is spoken with it. */
  error?: ReactNode;
  optional?: boolean;
  /** Label for screen readers only. */
  hideLabel?: boolean;
  /** `{(control) => <Input {...control} … />}` */
  children: (control: FieldControl) => ReactNode;
  className?: string;
};

export function Field({ label, hint, error, optional, hideLabel, children, className }: FieldProps) {
  const id = useId();
  const failed = error !== undefined && error !== null && error !== false && error !== "";
  const described = [hint !== undefined && `${id}-hint`, failed && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div data-slot="field" className={cx("flex min-w-0 flex-col gap-1", className)}>
      <label htmlFor={id} className={cx("font-[550]", hideLabel && "sr-only")}>
        {label}
        {optional && <span className="font-normal text-ink-3"> (optional)</span>}
      </label>
      {children({ id, "aria-describedby": described === "" ? undefined : described, invalid: failed })}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-s text-ink-3">
          {hint}
        </p>
      )}
      {failed && (
        <p id={`${id}-error`} role="alert" data-slot="field-error" className="text-s text-bad">
          {error}
        </p>
      )}
    </div>
  );
}
