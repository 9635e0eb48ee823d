"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { formatCount } from "#components/format/formatNumber.ts";
import { Button } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { ErrorState } from "#components/ui/ErrorState.tsx";
import { Field } from "#components/ui/Field.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Select } from "#components/ui/Select.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import { DEFAULT_GROUP_ID } from "#domain/fleet/membership.ts";
import type { TriedOver } from "./compareHref.ts";
import { readDraftToTry } from "./draftToTry.ts";
import { OverFields } from "./OverFields.tsx";
import { OVER_DEFAULT, overOf } from "./overDraft.ts";
import { RecordedNote } from "./RecordedNote.tsx";

const DRAFT = "draft";

type CompareFormProps = {
  policyId: string | null;
  version: number | null;
  isDraft: boolean;
  groupId: string | null;
  over: TriedOver;
  onStarted: (id: string) => void;
};

/** Which policy, on which collectors, on what traffic. */
export function CompareForm({ policyId, version, isDraft, groupId, over: wantedOver, onStarted }: CompareFormProps) {
  const trpc = useTRPC();
  const [draft] = useState(() => (isDraft ? readDraftToTry() : null));
  const [chosen, setChosen] = useState(policyId);
  const [number, setNumber] = useState<number | typeof DRAFT | null>(draft === null ? version : DRAFT);
  const [place, setPlace] = useState(groupId === null ? `group ${DEFAULT_GROUP_ID}` : `group ${groupId}`);
  const [overDraft, setOverDraft] = useState({ ...OVER_DEFAULT, over: wantedOver });
  const over = overOf(overDraft);
  const policies = useQuery(trpc.policies.list.queryOptions({}));
  const groups = useQuery(trpc.groups.list.queryOptions({}));
  const collectors = useQuery(trpc.fleet.list.queryOptions());
  const start = useMutation(trpc.compare.start.mutationOptions({ onSuccess: ({ id }) => onStarted(id) }));

  const failed = [policies, groups, collectors].find((query) => query.isError);
  if (failed)
    return <ErrorState title="What can be tried could not be loaded" detail={describeError(failed.error).message} onRetry={() => void failed.refetch()} />;
  if (!policies.data || !groups.data || !collectors.data) return <SkeletonRows rows={4} columns={2} />;
  const policy = policies.data.find(({ id }) => id === chosen);
  const versions = policy ? Array.from({ length: policy.currentVersion }, (_, index) => policy.currentVersion - index) : [];
  const ofDraft = number === DRAFT && draft !== null;
  const tried = ofDraft ? null : ((typeof number === "number" ? number : policy?.currentVersion) ?? null);
  const online = collectors.data.filter(({ state }) => state !== "offline");
  if (online.length === 0) {
    return (
      <Panel title="Try a policy" className="mb-3">
        <EmptyState title="No collector is connected">A policy is tried on the traffic of collectors. Start one, and send it traces.</EmptyState>
      </Panel>
    );
  }
  const where = place.startsWith("group ")
    ? { kind: "group" as const, groupId: place.slice(6) }
    : { kind: "collectors" as const, collectorIds: [place.slice(10)] };
  const group = where.kind === "group" ? groups.data.find(({ id }) => id === where.groupId) : undefined;
  const chosenRows = online.filter((row) => (where.kind === "group" ? row.group?.id === where.groupId : where.collectorIds.includes(row.id)));
  const groupOfOne = groups.data.find(({ id }) => id === chosenRows[0]?.group?.id);
  const pipelineId = (group ?? groupOfOne)?.documents.find(({ kind }) => kind === "pipeline")?.id ?? null;
  const submit = () => {
    if (over === null) return;
    if (ofDraft && draft) {
      const body = { kind: "body" as const, title: draft.title, body: draft.body, ...(draft.policyId !== null && { policyId: draft.policyId }) };
      start.mutate({ candidate: body, where, over });
    } else if (policy && tried !== null) start.mutate({ candidate: { kind: "version", policyId: policy.id, version: tried }, where, over });
  };
  return (
    <Panel title="Try a policy" className="mb-3">
      {isDraft && draft === null && (
        <Note tone="warn" role="status" className="mb-3">
          The draft is not in this tab. Open it in the editor and choose “Try” there, or try a saved version.
        </Note>
      )}
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <div className="grid grid-cols-[minmax(0,1fr)] gap-3 md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_minmax(0,1fr)]">
          <Field label="Policy">
            {({ invalid: _, ...control }) => (
              <Select
                {...control}
                value={ofDraft && draft?.policyId === null ? DRAFT : (chosen ?? undefined)}
                placeholder="Choose a policy"
                onValueChange={(id) => {
                  setChosen(id === DRAFT ? null : id);
                  setNumber(id === DRAFT || (draft !== null && id === draft.policyId) ? DRAFT : null);
                }}
                options={[
                  ...(draft?.policyId === null ? [{ value: DRAFT, label: draft.title, hint: "not saved" }] : []),
                  ...policies.data.map(({ id, name, isRunning }) => ({ value: id, label: name, hint: isRunning ? "runs now" : undefined })),
                ]}
              />
            )}
          </Field>
          <Field label="Version">
            {({ invalid: _, ...control }) => (
              <Select
                {...control}
                disabled={policy === undefined}
                value={ofDraft ? DRAFT : tried === null ? undefined : String(tried)}
                placeholder="—"
                onValueChange={(value) => setNumber(value === DRAFT ? DRAFT : Number(value))}
                options={[
                  ...(draft !== null && draft.policyId === chosen ? [{ value: DRAFT, label: "my draft" }] : []),
                  ...versions.map((one) => ({ value: String(one), label: `v${one}` })),
                ]}
              />
            )}
          </Field>
          <Field label="On the traffic of">
            {({ invalid: _, ...control }) => (
              <Select
                {...control}
                value={place}
                onValueChange={setPlace}
                options={[
                  ...groups.data.map(({ id, name, members }) => ({
                    value: `group ${id}`,
                    label: name,
                    hint: `${formatCount(members)} ${members === 1 ? "collector" : "collectors"}`,
                  })),
                  ...online.map(({ id, name }) => ({ value: `collector ${id}`, label: name, hint: "one collector" })),
                ]}
              />
            )}
          </Field>
        </div>
        <div className="flex flex-wrap items-center gap-3">
          <OverFields draft={overDraft} onChange={setOverDraft} />
          <Button type="submit" variant="primary" busy={start.isPending} disabled={over === null || (!ofDraft && tried === null)}>
            Try it
          </Button>
          <span className="text-s text-ink-3">
            {overDraft.over === "live"
              ? "It is kept to 5% of the collectors’ CPU, or a hundredth of a core where they are idle, and ends by itself."
              : "Each collector reads what it has recorded, in a thread of its own beside its work: seconds for hours."}
          </span>
        </div>
        {overDraft.over === "recording" && <RecordedNote rows={chosenRows} pipelineId={pipelineId} nowMs={collectors.dataUpdatedAt} />}
      </form>
      {start.isError && (
        <Note tone="bad" role="alert" className="mt-3">
          Nothing was begun. {describeError(start.error).message}
        </Note>
      )}
    </Panel>
  );
}
