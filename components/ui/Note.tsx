import type { ReactNode } from "react";
import { cx } from "./cx.ts";

const EDGES = { info: "border-l-info", ok: "border-l-ok", warn: "border-l-warn", bad: "border-l-bad" };

/** A remark beside the work: a coloured edge, words, and at most one action at the right. */
export function Note({
  tone = "info",
  children,
  action,
  role,
  className,
}: {
  tone?: keyof typeof EDGES;
  children: ReactNode;
  action?: ReactNode;
  role?: "alert" | "status";
  className?: string;
}) {
  return (
    <div
      data-slot="note"
      role={role}
      className={cx(
        "flex flex-wrap items-center gap-x-4 gap-y-2 rounded-control border border-l-[3px] border-line bg-subtle px-3 py-2",
        EDGES[tone],
        className,
      )}
    >
      <div className="min-w-0 flex-1 basis-[240px]">{children}</div>
      {action !== undefined && <div className="flex shrink-0 gap-2">{action}</div>}
    </div>
  );
}
