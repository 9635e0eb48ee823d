import { cx } from "./cx.ts";

/** How far something is that has an end: `value` from 0 to 1. The words beside it say the rest. */
export function ProgressBar({ value, label, className }: { value: number; label: string; className?: string }) {
  const percent = Math.floor(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      data-slot="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className={cx("h-[4px] min-w-0 overflow-hidden rounded-full bg-line-strong", className)}
    >
      <div className="h-full bg-accent transition-[width] duration-200" style={{ width: `${Math.min(100, Math.max(0, value * 100))}%` }} />
    </div>
  );
}
