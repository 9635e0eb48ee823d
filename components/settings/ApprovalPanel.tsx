"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { Note } from "#components/ui/Note.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Segmented } from "#components/ui/Segmented.tsx";
import { Select } from "#components/ui/Select.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import { toast } from "#components/ui/toast.ts";

const EVERYWHERE = [
  { value: "off", label: "Off" },
  { value: "on", label: "On" },
] as const;

/** Whether what one person wants applied needs another one, everywhere and in single groups. */
export function ApprovalPanel() {
  const trpc = useTRPC();
  const mayAdmin = useMay("admin");
  const setting = useQuery(trpc.approvals.setting.queryOptions());
  const [asked, setAsked] = useState<string | null>(null);
  const set = useMutation(
    trpc.approvals.set.mutationOptions({
      onMutate: () => setAsked(null),
      onSuccess: (answer) => {
        setAsked(answer.asked);
        if (answer.asked === null) toast.ok("It holds from now on.");
      },
      onSettled: () => void setting.refetch(),
    }),
  );
  return (
    <Panel title="Approval" aside={<span className="text-s text-ink-3">a second person for every change that goes out</span>}>
      <span id="approval" className="block scroll-mt-16" />
      {asked !== null && (
        <Note tone="info" role="status" className="mb-3">
          <b>Another admin has to say yes to that.</b> Until then approval stays on.{" "}
          <Link href={`/approvals/${asked}`} className="underline">
            Open the request
          </Link>
        </Note>
      )}
      {set.isError && (
        <Note tone="bad" role="alert" className="mb-3">
          Nothing was changed. {describeError(set.error).message}
        </Note>
      )}
      <QueryView query={setting} what="The setting" skeleton={<SkeletonRows rows={1} columns={2} />}>
        {({ everywhere, groups, admins, approvers }) => (
          <div className="flex flex-col gap-3">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
              <span className="font-[550]">Changes need approval</span>
              <Segmented
                size="small"
                aria-label="Changes need approval"
                value={everywhere ? "on" : "off"}
                options={EVERYWHERE.map((option) => ({ ...option, disabled: !mayAdmin }))}
                onValueChange={(value) => (value === "on") !== everywhere && set.mutate({ everywhere: value === "on" })}
              />
            </div>
            <p className="text-s text-ink-3">
              {everywhere
                ? `What one person asks for is applied once another one with the role approver has said yes. Turning it off ${admins > 1 ? "takes a second admin" : "needs nobody else as long as there is one admin"}.`
                : "Whoever may apply a version applies it alone."}
              {!mayAdmin && " Admins change this."}
            </p>
            {approvers < 2 && groups.some(({ needed }) => needed) && (
              <Note tone="warn">
                <b>Only one person may approve,</b> and nobody approves what they asked for themselves. Make somebody else an approver, or nothing of theirs can
                be applied.
              </Note>
            )}
            {groups.length > 1 && (
              <ul aria-label="Approval by group" className="rounded-control border border-line">
                {groups.map((group) => (
                  <li key={group.id} className="flex min-h-[36px] items-center gap-2 border-b border-line px-2.5 py-1 last:border-b-0">
                    <span className="min-w-0 flex-1 truncate">{group.name}</span>
                    <Select
                      size="small"
                      aria-label={`Approval for ${group.name}`}
                      className="w-[170px]"
                      value={group.approval}
                      options={[
                        { value: "inherit" as const, label: `as everywhere: ${everywhere ? "on" : "off"}` },
                        { value: "on" as const, label: "on" },
                        { value: "off" as const, label: "off" },
                      ].map((option) => ({ ...option, disabled: !mayAdmin && option.value !== group.approval }))}
                      onValueChange={(approval) => approval !== group.approval && set.mutate({ groupId: group.id, approval })}
                    />
                  </li>
                ))}
              </ul>
            )}
          </div>
        )}
      </QueryView>
    </Panel>
  );
}
