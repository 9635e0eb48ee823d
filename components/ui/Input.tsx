"use client";

import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx.ts";

type InputProps = Omit<ComponentProps<"input">, "prefix"> & {
  invalid?: boolean;
  /** Code-like content: ids, addresses, expressions. */
  mono?: boolean;
  /** Right-aligned tabular figures. */
  numeric?: boolean;
  prefix?: ReactNode;
  suffix?: ReactNode;
  /** Classes of the input itself when there is a prefix or suffix; `className` is the frame's. */
  inputClassName?: string;
};

/** Frame that carries the border, so that units and keys can stand inside it. */
export function Input({ invalid, mono, numeric, prefix, suffix, className, inputClassName, disabled, ...rest }: InputProps) {
  return (
    <span
      data-slot="input"
      className={cx(
        "inline-flex h-[30px] min-w-0 items-center gap-1.5 rounded-control border bg-canvas px-2 transition-colors focus-within:outline-2 focus-within:outline-offset-[-1px]",
        invalid ? "border-bad ring-2 ring-bad-soft focus-within:outline-bad" : "border-line-control focus-within:outline-accent",
        disabled && "opacity-60",
        className,
      )}
    >
      {prefix !== undefined && <span className="shrink-0 text-ink-3">{prefix}</span>}
      <input
        className={cx(
          "h-full w-full min-w-0 border-0 bg-transparent p-0 text-ink outline-none disabled:cursor-not-allowed",
          mono && "font-mono text-s",
          numeric && "num text-right",
          inputClassName,
        )}
        aria-invalid={invalid || undefined}
        disabled={disabled}
        autoComplete="off"
        {...rest}
      />
      {suffix !== undefined && <span className="shrink-0 text-ink-3">{suffix}</span>}
    </span>
  );
}
