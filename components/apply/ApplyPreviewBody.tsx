"use client";

import { useQuery } from "@tanstack/react-query";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useLiveTopic } from "#components/data/useLive.ts";
import { Note } from "#components/ui/Note.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import type { CollectorRow } from "#domain/telemetry/live.ts";
import type { ApplyTarget } from "./applyTarget.ts";
import { EstimateTable } from "./EstimateTable.tsx";

const NAMED_MAX = 5;

/** What applying would do to a group, which is not named where it stands `alone`: to how many, which are away, what changes, and what that does to volume and cost. */
export function ApplyPreviewBody({ target, group, alone }: { target: ApplyTarget; group: { id: string; name: string }; alone: boolean }) {
  const trpc = useTRPC();
  const input = { kind: target.kind, id: target.id, version: target.version, groupId: group.id };
  const preview = useQuery(trpc.revisions.preview.queryOptions(input, { staleTime: 0, gcTime: 0 }));
  const rows = useLiveTopic({ kind: "collectors" })?.event.rows;
  const isConcerned = (row: CollectorRow) => alone || (row.group?.id === group.id && row.overriddenUntilMs === null);
  const offline = rows?.filter((row) => row.state === "offline" && isConcerned(row)).map((row) => row.name) ?? [];
  return (
    <QueryView query={preview} what="What this would do" skeleton={<Skeleton className="h-[120px] w-full" />}>
      {(data) => (
        <section aria-label={alone ? undefined : group.name} className="flex flex-col gap-3">
          {!alone && <h3 className="-mb-2 font-semibold">{group.name}</h3>}
          <p>
            {data.collectors === 0 ? (
              "No collector is connected; each gets this when it connects."
            ) : (
              <>
                <b>{data.collectors}</b> connected {data.collectors === 1 ? "collector gets" : "collectors get"} it at once.
              </>
            )}
            {data.offline > 0 && (
              <>
                {" "}
                <b>{data.offline}</b> offline {data.offline === 1 ? "gets" : "get"} it on return
                {offline.length > 0 &&
                  ` (${offline.slice(0, NAMED_MAX).join(", ")}${offline.length > NAMED_MAX ? ` and ${offline.length - NAMED_MAX} more` : ""})`}
                .
              </>
            )}
            {data.overridden > 0 && (
              <>
                {" "}
                <b>{data.overridden}</b> {data.overridden === 1 ? "is overridden and gets" : "are overridden and get"} it when that ends.
              </>
            )}{" "}
            {data.fromVersion !== null && data.fromVersion !== target.version && `Version ${data.fromVersion} runs now.`}
          </p>
          {data.sameHash && (
            <Note tone="info" role="status">
              This is exactly what runs already; collectors will not be sent anything.
            </Note>
          )}
          {data.sentences.length > 0 && (
            <ul aria-label="What changes" className="list-disc pl-5">
              {data.sentences.map((sentence) => (
                <li key={sentence} className="break-words">
                  {sentence}
                </li>
              ))}
            </ul>
          )}
          {data.estimate && <EstimateTable estimate={data.estimate} beforeLabel="now" afterLabel={`v${target.version}`} />}
          {data.estimate === null && target.kind === "policy" && !data.sameHash && (
            <p className="text-s text-ink-3">What it does to volume and cost can't be said: there are no live counts to go by.</p>
          )}
        </section>
      )}
    </QueryView>
  );
}
