"use client";

import type { ComponentProps } from "react";
import { cx } from "./cx.ts";

export function Textarea({ invalid, mono, className, ...rest }: ComponentProps<"textarea"> & { invalid?: boolean; mono?: boolean }) {
  return (
    <textarea
      data-slot="textarea"
      className={cx(
        "w-full min-w-0 rounded-control border bg-canvas px-2 py-1.5 text-ink outline-offset-[-1px] focus-visible:outline-2",
        invalid ? "border-bad ring-2 ring-bad-soft" : "border-line-control",
        mono && "font-mono text-s",
        className,
      )}
      aria-invalid={invalid || undefined}
      {...rest}
    />
  );
}
