"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { formatDate } from "#components/format/formatDuration.ts";
import { Button } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import type { GroupView } from "./groupView.ts";
import { RevertDialog } from "./RevertDialog.tsx";
import { VersionLink } from "./RunningVersions.tsx";

/** What was applied to a group, newest first; each can be gone back to. */
export function GroupHistory({ group, mayApply }: { group: GroupView; mayApply: boolean }) {
  const trpc = useTRPC();
  const [reverting, setReverting] = useState<number | null>(null);
  const revisions = useQuery(trpc.revisions.list.queryOptions({ groupId: group.id }));
  return (
    <Panel title="History" flush>
      <QueryView query={revisions} what="The history" skeleton={<SkeletonRows rows={3} columns={3} />}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState title="Nothing was applied to it yet">Each time somebody applies something to this group, it is listed here.</EmptyState>
          ) : (
            <ol>
              {list.map((item) => (
                <li key={item.revision} data-revision={item.revision} className="border-t border-line px-3 py-2">
                  <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
                    <span className="num font-[550]">Revision {item.revision}</span>
                    {item.revision === group.revision && <StatusChip tone="ok">runs now</StatusChip>}
                    <span className="ml-auto text-s text-ink-3">
                      {formatDate(item.createdAtMs)}, {item.authorName}
                    </span>
                    {mayApply && item.revision !== group.revision && (
                      <Button size="small" variant="ghost" onClick={() => setReverting(item.revision)}>
                        Go back to it…
                      </Button>
                    )}
                  </div>
                  <p className="text-ink-2">
                    <VersionLink document={{ kind: "sampling", id: item.policyId, name: item.policyName, version: item.policyVersion }} />
                    {", "}
                    <VersionLink document={{ kind: "export", id: item.destinationId, name: item.destinationName, version: item.destinationVersion }} />
                    {", "}
                    <VersionLink document={{ kind: "pipeline", id: item.pipelineId, name: item.pipelineName, version: item.pipelineVersion }} />
                  </p>
                  {item.message && <p className="break-words text-ink-3">{item.message}</p>}
                </li>
              ))}
            </ol>
          )
        }
      </QueryView>
      {reverting !== null && <RevertDialog group={group} revision={reverting} members={group.members} onClose={() => setReverting(null)} />}
    </Panel>
  );
}
