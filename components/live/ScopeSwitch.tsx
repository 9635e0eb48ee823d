"use client";

import { lazy, Suspense } from "react";
import { useLiveTopic } from "../data/useLive.ts";
import { Segmented } from "../ui/Segmented.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";

// A list to choose from is needed only once one collector is looked at.
const CollectorSelect = lazy(async () => ({ default: (await import("./CollectorSelect.tsx")).CollectorSelect }));

/** Fleet or one collector; which one is in the address, so it can be sent to somebody. */
export function ScopeSwitch({ id, onChange }: { id: string | null; onChange: (id: string | null) => void }) {
  const rows = useLiveTopic({ kind: "collectors" })?.event.rows ?? [];
  return (
    <>
      <Segmented
        aria-label="Scope"
        value={id === null ? "fleet" : "one"}
        onValueChange={(scope) => onChange(scope === "fleet" ? null : (rows[0]?.id ?? null))}
        options={[
          { value: "fleet", label: "Fleet" },
          { value: "one", label: "One collector", disabled: id === null && rows.length === 0 },
        ]}
      />
      {id !== null && (
        <Suspense fallback={<Skeleton className="h-[28px] w-[140px]" />}>
          <CollectorSelect id={id} rows={rows} onChange={onChange} />
        </Suspense>
      )}
    </>
  );
}
