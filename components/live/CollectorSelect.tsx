"use client";

import type { CollectorRow } from "#domain/telemetry/live.ts";
import { Select } from "../ui/Select.tsx";

type CollectorSelectProps = { id: string; rows: readonly CollectorRow[]; onChange: (id: string) => void };

/** Which collector the page is about. */
export function CollectorSelect({ id, rows, onChange }: CollectorSelectProps) {
  return (
    <Select
      aria-label="Collector"
      value={rows.some((row) => row.id === id) ? id : undefined}
      placeholder="unknown collector"
      onValueChange={onChange}
      options={rows.map((row) => ({ value: row.id, label: row.name }))}
      className="max-w-[200px]"
    />
  );
}
