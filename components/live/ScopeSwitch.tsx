"use client";

import { useLiveTopic } from "../data/useLive.ts";
import { Segmented } from "../ui/Segmented.tsx";
import { Select } from "../ui/Select.tsx";

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
        <Select
          aria-label="Collector"
          value={rows.some((row) => row.id === id) ? id : undefined}
          placeholder="unknown collector"
          onValueChange={onChange}
          options={rows.map((row) => ({ value: row.id, label: row.name }))}
          className="max-w-[200px]"
        />
      )}
    </>
  );
}
