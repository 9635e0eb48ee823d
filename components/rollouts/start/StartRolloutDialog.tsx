"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ApplyTarget } from "#components/apply/applyTarget.ts";
import { compareHref } from "#components/compare/compareHref.ts";
import { recordedText } from "#components/compare/replayWords.ts";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { formatDate } from "#components/format/formatDuration.ts";
import { formatPercent } from "#components/format/formatNumber.ts";
import { PlanEditor } from "#components/rollouts/plan/PlanEditor.tsx";
import { Button } from "#components/ui/Button.tsx";
import { Dialog } from "#components/ui/Dialog.tsx";
import { ErrorState } from "#components/ui/ErrorState.tsx";
import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import type { RolloutChange, RolloutPreview } from "#domain/fleet/rollout/rolloutView.ts";
import { useGateReplayNotes } from "./GateReplayNotes.tsx";
import { type FoundForecast, useForecast } from "./useForecast.ts";
import { useKeptPlan } from "./useKeptPlan.ts";

type StartRolloutDialogProps = { target: ApplyTarget; group: { id: string; name: string }; onBack: () => void; onClose: () => void };

/** How a version goes out to a group in stages: the plan, what keeps it from starting, and the start. */
export function StartRolloutDialog({ target, group, onBack, onClose }: StartRolloutDialogProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const { draft, setDraft, plan, problems } = useKeptPlan();
  const [message, setMessage] = useState("");
  const [override, setOverride] = useState("");
  const [gatesOpen, setGatesOpen] = useState(false);
  const change: RolloutChange = { groupId: group.id, kind: target.kind, id: target.id, version: target.version };
  const hold = useQuery(trpc.rollouts.hold.queryOptions()).data;
  const { forecast, comparison, isPending } = useForecast(change);
  const preview = useQuery(
    trpc.rollouts.preview.queryOptions(
      { ...change, plan: plan as NonNullable<typeof plan>, forecast },
      { enabled: plan !== null && !isPending, staleTime: 0, placeholderData: (before) => before },
    ),
  );
  const { notes, reach } = useGateReplayNotes(group.id, plan, gatesOpen);
  const start = useMutation(
    trpc.rollouts.start.mutationOptions({
      onSuccess: ({ number }) => {
        onClose();
        router.push(`/rollouts/${number}`);
      },
    }),
  );
  const ask = useMutation(trpc.approvals.ask.mutationOptions({ onSuccess: ({ id }) => router.push(`/approvals/${id}`) }));
  const held = hold !== undefined && (hold.stopped !== null || hold.freeze !== null);
  const mayOverride = held && hold.mayChange;
  const found = preview.data;
  // That changes are held up is said below, with what an admin can do about it.
  const wrong = found?.problems.filter(({ path }) => path !== "override") ?? [];
  const blocked = plan === null || found === undefined || wrong.length > 0 || (held && override.trim() === "");
  const said = message.trim() === "" ? {} : { message: message.trim() };
  const submit = () => {
    if (plan === null || blocked) return;
    if (found.needsApproval) ask.mutate({ ...change, kind: "rollout", of: change.kind, plan, forecast, ...said });
    else start.mutate({ ...change, plan, forecast, ...said, ...(override.trim() !== "" && { override: override.trim() }) });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="wide"
      title={`Roll out ${target.name} v${target.version} in stages`}
      description={`To ${group.name}. When a gate fails, all that were changed go back by themselves.`}
      footer={
        <>
          <Button variant="ghost" className="mr-auto" onClick={onBack}>
            Back
          </Button>
          <Button variant="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button variant="primary" busy={start.isPending || ask.isPending} disabled={blocked} onClick={submit}>
            {found?.needsApproval ? "Ask for approval" : "Start the rollout"}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <PlanEditor
          draft={draft}
          plan={plan}
          problems={problems}
          collectors={found?.connected ?? null}
          gateNotes={notes}
          gatesReach={reach}
          onGatesOpen={setGatesOpen}
          onChange={setDraft}
        />
        {preview.isError && (
          <ErrorState title="What it would do could not be asked" detail={describeError(preview.error).message} onRetry={() => void preview.refetch()} />
        )}
        {found === undefined && !preview.isError && plan !== null && <Skeleton className="h-[40px] w-full" />}
        {found && <Findings preview={{ ...found, problems: wrong }} comparison={comparison} />}
        {found?.needsApproval && (
          <Note role="status">
            <b>Another person has to say yes.</b> It starts once somebody with the role approver has approved it.
          </Note>
        )}
        {held && !mayOverride && (
          <Note tone="warn" role="status">
            <b>{hold.stopped !== null ? "All changes are stopped." : "Changes are frozen."}</b> Nothing can be started now.
          </Note>
        )}
        {mayOverride && (
          <Field label="Start it although changes are held up" hint="As an admin you can, with a reason, which stands in the audit.">
            {(control) => <Input {...control} maxLength={500} value={override} onChange={(event) => setOverride(event.target.value)} />}
          </Field>
        )}
        <Field label="Why" optional hint="Stands in its log.">
          {(control) => <Input {...control} maxLength={500} value={message} onChange={(event) => setMessage(event.target.value)} />}
        </Field>
        {(start.isError || ask.isError) && (
          <Note tone="bad" role="alert">
            Nothing was started. {describeError(start.error ?? ask.error).message}
          </Note>
        )}
      </div>
    </Dialog>
  );
}

/** What keeps it from starting, what it can't promise, and what is expected. */
function Findings({
  preview: { problems, warnings, forecast, away, overridden },
  comparison,
}: { preview: RolloutPreview } & Pick<FoundForecast, "comparison">) {
  const left = [
    away > 0 && `${away} ${away === 1 ? "is" : "are"} away and ${away === 1 ? "gets" : "get"} it in the last stage, or on return`,
    overridden > 0 && `${overridden} ${overridden === 1 ? "is" : "are"} overridden and not part of it`,
  ].filter((words) => words !== false);
  return (
    <>
      {problems.map(({ path, message }) => (
        <Note key={`${path} ${message}`} tone="bad" role="alert">
          {sentence(message)}
        </Note>
      ))}
      {warnings.length > 0 && (
        <ul aria-label="Worth knowing" className="list-disc pl-5 text-s text-ink-2">
          {warnings.map((warning) => (
            <li key={warning}>{sentence(warning)}</li>
          ))}
        </ul>
      )}
      {left.length > 0 && <p className="num text-ink-2">{left.join("; ")}.</p>}
      {forecast !== null && (
        <p className="num text-ink-2">
          Forecast, from {comparison === null ? "the traffic of now" : <ComparisonLink {...comparison} />}: {formatPercent(forecast.low)}–
          {formatPercent(forecast.high)} of what comes in is kept.
        </p>
      )}
    </>
  );
}

function ComparisonLink({ id, untilMs, overMs }: NonNullable<FoundForecast["comparison"]>) {
  return (
    <Link href={compareHref({ run: id })} target="_blank" className="underline underline-offset-2">
      {overMs === null ? `the comparison of ${formatDate(untilMs)}` : `the comparison over ${recordedText({ fromMs: untilMs - overMs, untilMs }, Date.now())}`}
    </Link>
  );
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}${words.endsWith(".") ? "" : "."}`;
}
