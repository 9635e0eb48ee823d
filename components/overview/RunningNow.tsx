"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ReactNode } from "react";
import { QueryView } from "../data/QueryView.tsx";
import { useTRPC } from "../data/trpc.ts";
import { formatBytes } from "../format/formatBytes.ts";
import { formatDate } from "../format/formatDuration.ts";
import { Panel } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/Skeleton.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";

const KINDS = { otlp: "OTLP backend", archive: "local archive", discard: "nothing is kept" } as const;

export function RunningNow({ archive, className }: { archive: { bytes: number; bytesMax: number } | null; className?: string }) {
  const trpc = useTRPC();
  const current = useQuery(trpc.revisions.current.queryOptions());
  return (
    <Panel title="Running now" flush className={className}>
      <QueryView query={current} what="What runs now" skeleton={<SkeletonRows rows={5} columns={2} />}>
        {({ groups, revision, hash, policy, destination, pipeline, appliedAtMs, authorName, inSync, total }) => (
          <dl>
            {groups > 1 && (
              <Line label="Groups">
                <Link href="/groups" className="font-[550] underline decoration-line-strong underline-offset-[3px]">
                  {groups} groups
                </Link>{" "}
                <span className="text-ink-3">run their own; below is what the default one runs</span>
              </Line>
            )}
            <Line label="Policy">
              <Link href={`/sampling/${policy.id}`} className="font-[550] underline decoration-line-strong underline-offset-[3px]">
                {policy.name}
              </Link>{" "}
              v{policy.version}
            </Line>
            <Line label="Destination">
              <Link href={`/destination/${destination.id}`} className="font-[550] underline decoration-line-strong underline-offset-[3px]">
                {destination.name}
              </Link>{" "}
              v{destination.version} <span className="text-ink-3">· {KINDS[destination.kind]}</span>
            </Line>
            <Line label="Pipeline">
              <Link href={`/pipeline/${pipeline.id}`} className="font-[550] underline decoration-line-strong underline-offset-[3px]">
                {pipeline.name}
              </Link>{" "}
              v{pipeline.version}
            </Line>
            {destination.kind === "archive" && archive !== null && (
              <Line label="Archive">
                {formatBytes(archive.bytes)} <span className="text-ink-3">of {formatBytes(archive.bytesMax)}</span>
              </Line>
            )}
            <Line label="Revision">
              {revision} <span className="font-mono text-s text-ink-3">{hash.slice(0, 12)}</span>{" "}
              <span className="text-ink-3">
                · {formatDate(appliedAtMs)}, {authorName}
              </span>
            </Line>
            <Line label="Collectors">
              {total === 0 ? (
                <span className="text-ink-2">none connected</span>
              ) : (
                <StatusChip tone={inSync === total ? "done" : "warn"}>
                  {inSync} of {total} run it
                </StatusChip>
              )}
            </Line>
          </dl>
        )}
      </QueryView>
    </Panel>
  );
}

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex min-h-[32px] items-center gap-3 border-b border-line px-3 py-1 last:border-b-0">
      <dt className="w-[88px] shrink-0 text-ink-3">{label}</dt>
      <dd className="num min-w-0">{children}</dd>
    </div>
  );
}
