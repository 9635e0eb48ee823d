"use client";

import Link from "next/link";
import { useState } from "react";
import { formatMs } from "#components/format/formatDuration.ts";
import { liveHref } from "#components/live/liveHref.ts";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Segmented } from "#components/ui/Segmented.tsx";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import type { ShadowView } from "./compareTypes.ts";

type Kind = "newlyDropped" | "newlyKept";

/** The latest traces on which the policies disagree; each leads to the collectors' own account of it. */
export function ExamplesPanel({ newlyDropped, newlyKept }: Pick<ShadowView, Kind>) {
  const [chosen, setChosen] = useState<Kind | null>(null);
  const kind = chosen ?? (newlyDropped.length === 0 && newlyKept.length > 0 ? "newlyKept" : "newlyDropped");
  const examples = kind === "newlyDropped" ? newlyDropped : newlyKept;
  return (
    <Panel
      title="Examples"
      flush
      actions={
        <Segmented
          size="small"
          aria-label="Which examples"
          value={kind}
          onValueChange={setChosen}
          options={[
            { value: "newlyDropped", label: `Newly dropped (${newlyDropped.length})` },
            { value: "newlyKept", label: `Newly kept (${newlyKept.length})` },
          ]}
        />
      }
    >
      {examples.length === 0 ? (
        <EmptyState title={kind === "newlyDropped" ? "No trace would newly be dropped" : "No trace would newly be kept"}>
          Among those compared so far.
        </EmptyState>
      ) : (
        <Table label="Examples">
          <thead>
            <tr>
              <Th>Trace</Th>
              <Th>Service</Th>
              <Th>Endpoint</Th>
              <Th n>Duration</Th>
              <Th>Status</Th>
              <Th>Tier now</Th>
              <Th>Candidate’s tier</Th>
            </tr>
          </thead>
          <tbody>
            {examples.map((example) => (
              <Tr key={`${example.collectorId} ${example.traceId}`}>
                <Td className="font-mono text-xs">
                  {example.traceId === "" ? (
                    "no id"
                  ) : (
                    <Link href={liveHref({ trace: example.traceId })} className="text-accent hover:underline" title={`Explain trace ${example.traceId}`}>
                      {example.traceId.slice(0, 8)}…{example.traceId.slice(-4)}
                    </Link>
                  )}
                </Td>
                <Td className="max-w-[160px] truncate">{example.service || "—"}</Td>
                <Td className="max-w-[220px] truncate" title={example.endpoint}>
                  {example.endpoint || "—"}
                </Td>
                <Td n>{formatMs(example.durationMs)}</Td>
                <Td>{example.status === "error" ? <StatusChip tone="bad">error</StatusChip> : <span className="text-ink-2">{example.status}</span>}</Td>
                <Td>{example.liveTier}</Td>
                <Td>{example.candidateTier}</Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}
