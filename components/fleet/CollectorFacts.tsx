"use client";

import { useState } from "react";
import { useMay } from "#components/data/useMe.ts";
import { formatDate } from "#components/format/formatDuration.ts";
import { Button } from "#components/ui/Button.tsx";
import { Chip } from "#components/ui/Chip.tsx";
import { CopyButton } from "#components/ui/CopyButton.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import type { CollectorRow } from "#domain/telemetry/live.ts";
import { Fact } from "./Fact.tsx";
import { LabelsDialog } from "./LabelsDialog.tsx";
import { RunningConfig } from "./RunningConfig.tsx";

type CollectorFactsProps = { row: CollectorRow; own: Readonly<Record<string, string>>; instanceUid: string; enrolledAtMs: number; tokenName: string | null };

/** Who it is and where it listens. */
export function CollectorFacts({ row, own, instanceUid, enrolledAtMs, tokenName }: CollectorFactsProps) {
  const mayEdit = useMay("editor");
  const [editing, setEditing] = useState(false);
  const labels = Object.entries(row.labels);
  const removed = Object.keys(own).filter((key) => !Object.hasOwn(row.labels, key));
  return (
    <Panel
      title="Collector"
      actions={
        mayEdit && (
          <Button size="small" variant="ghost" onClick={() => setEditing(true)}>
            Edit labels…
          </Button>
        )
      }
    >
      <dl className="grid grid-cols-[110px_minmax(0,1fr)] gap-x-3 gap-y-1.5">
        <Fact name="Labels">
          {labels.length === 0 ? (
            <span className="text-ink-3">none; edit them, or give them with HEADGATE_LABELS</span>
          ) : (
            <span className="flex flex-wrap gap-1">
              {labels.map(([key, value]) => (
                <Chip key={key} outline title={own[key] === value ? "its own" : own[key] === undefined ? "added here" : `changed here; its own is ${own[key]}`}>
                  {key}={value}
                  {own[key] !== value && <span className="text-ink-3">edited</span>}
                </Chip>
              ))}
            </span>
          )}
          {removed.length > 0 && <p className="mt-1 text-s text-ink-3">taken away here: {removed.map((key) => `${key}=${own[key]}`).join(", ")}</p>}
        </Fact>
        <Fact name="Runs">
          <RunningConfig revision={row.runningRevision} hash={row.runningHash} />
        </Fact>
        <Fact name="OTLP/gRPC">
          <Endpoint url={row.otlpGrpcEndpoint} />
        </Fact>
        <Fact name="OTLP/HTTP">
          <Endpoint url={row.otlpHttpEndpoint} />
        </Fact>
        <Fact name="Enrolled">
          {formatDate(enrolledAtMs)}
          {tokenName === null ? "" : ` with the token “${tokenName}”`}
        </Fact>
        <Fact name="Instance">
          <span className="font-mono text-s break-all">{instanceUid}</span>
        </Fact>
      </dl>
      {editing && <LabelsDialog id={row.id} name={row.name} labels={row.labels} own={own} onClose={() => setEditing(false)} />}
    </Panel>
  );
}

function Endpoint({ url }: { url: string | null }) {
  if (url === null) return <span className="text-ink-3">not announced</span>;
  return (
    <span className="flex items-center gap-1.5">
      <span className="truncate font-mono text-s">{url}</span>
      <CopyButton text={url} what="the endpoint" iconOnly className="size-[22px]! border-transparent! bg-transparent! p-0!" />
    </span>
  );
}
