import type { ReactNode } from "react";

/** Says which emptiness this is (`title`), why (`children`) and what to do (`actions`). */
export function EmptyState({ title, children, actions }: { title: ReactNode; children?: ReactNode; actions?: ReactNode }) {
  return (
    <div data-slot="empty" className="flex flex-col items-start gap-1 px-4 py-6">
      <p className="font-semibold">{title}</p>
      {children !== undefined && <div className="max-w-[72ch] text-ink-2">{children}</div>}
      {actions !== undefined && <div className="mt-2.5 flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}
