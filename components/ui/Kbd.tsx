import type { ReactNode } from "react";

export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="rounded-[4px] border border-line-strong/70 bg-canvas px-1 font-mono text-[10.5px] leading-[15px] font-medium text-ink-3">{children}</kbd>
  );
}
