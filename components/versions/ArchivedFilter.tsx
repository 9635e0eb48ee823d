"use client";

import { Segmented } from "#components/ui/Segmented.tsx";

const OPTIONS = [
  { value: "current", label: "Current" },
  { value: "archived", label: "Archived" },
] as const;

export function ArchivedFilter({ archived, onChange }: { archived: boolean; onChange: (archived: boolean) => void }) {
  return (
    <Segmented
      size="small"
      aria-label="Which are listed"
      value={archived ? "archived" : "current"}
      onValueChange={(value) => onChange(value === "archived")}
      options={OPTIONS}
    />
  );
}
