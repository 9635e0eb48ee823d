"use client";

import { useFleetRows } from "#components/fleet/useFleetRows.ts";
import { Panel } from "#components/ui/Panel.tsx";

/** Which versions are at work: the control plane's and those of the collectors. */
export function AboutPanel({ version }: { version: string }) {
  const { rows } = useFleetRows();
  const counts = new Map<string, number>();
  for (const row of rows ?? []) counts.set(row.version, (counts.get(row.version) ?? 0) + 1);
  return (
    <Panel title="About">
      <dl className="grid grid-cols-[140px_minmax(0,1fr)] gap-y-1.5">
        <dt className="text-ink-2">Control plane</dt>
        <dd className="num">Headgate {version}</dd>
        <dt className="text-ink-2">Collectors</dt>
        <dd className="num">
          {counts.size === 0 ? "none enrolled" : [...counts].map(([collectorVersion, count]) => `${collectorVersion} (${count})`).join(", ")}
        </dd>
      </dl>
    </Panel>
  );
}
