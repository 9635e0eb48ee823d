import type { ReactNode } from "react";
import { cx } from "./cx.ts";

/** A small label: a count, a version, "sample". For states use StatusChip. */
export function Chip({
  children,
  outline = false,
  mono = false,
  title,
  className,
}: {
  children: ReactNode;
  outline?: boolean;
  mono?: boolean;
  title?: string;
  className?: string;
}) {
  return (
    <span
      data-slot="chip"
      title={title}
      className={cx(
        "inline-flex h-[20px] items-center gap-[5px] rounded-chip px-[7px] text-s whitespace-nowrap text-ink-2",
        outline ? "border border-line-strong/70" : "bg-hover",
        mono && "font-mono text-xs",
        className,
      )}
    >
      {children}
    </span>
  );
}

/** Stands wherever figures of the sample traffic show. */
export function SampleChip({ share }: { share?: number | null }) {
  const text = share === undefined || share === null || share >= 0.9995 ? "sample" : `${Math.max(0.1, share * 100).toFixed(share < 0.1 ? 1 : 0)}% sample`;
  return (
    <span
      data-slot="sample"
      title="Made by the sample traffic generator, not by your services"
      className="inline-flex h-[20px] items-center rounded-chip bg-info-soft px-[7px] text-s whitespace-nowrap text-info"
    >
      {text}
    </span>
  );
}
