import type { ReactNode } from "react";
import { StatusShape } from "../ui/StatusChip.tsx";

/** A line across the page, below the top bar. */
export function Banner({ tone, children }: { tone: "bad" | "warn"; children: ReactNode }) {
  return (
    <div
      role="status"
      data-slot="health-banner"
      className={`flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-[var(--gutter)] py-2 ${tone === "bad" ? "bg-bad-soft" : "bg-warn-soft"}`}
    >
      <span className={tone === "bad" ? "text-bad" : "text-warn"}>
        <StatusShape tone={tone} />
      </span>
      {children}
    </div>
  );
}
