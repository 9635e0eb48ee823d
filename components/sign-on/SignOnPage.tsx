"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { formatDate } from "#components/format/formatDuration.ts";
import { Button } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { Note } from "#components/ui/Note.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import { toast } from "#components/ui/toast.ts";
import { UnsavedGuard } from "#components/versions/UnsavedGuard.tsx";
import { AtProviderPanel } from "./AtProviderPanel.tsx";
import { ChecksPanel } from "./ChecksPanel.tsx";
import { PeopleFields } from "./PeopleFields.tsx";
import { ProviderFields } from "./ProviderFields.tsx";
import { fieldOfProblem, type SignOnDraft, toDraft, toInput } from "./signOnDraft.ts";
import type { SignOnView } from "./signOnTypes.ts";

const CRUMBS = [{ label: "Settings", href: "/settings" }, { label: "Single sign-on" }];

/** Who may come in by which provider. For admins. */
export function SignOnPage() {
  const trpc = useTRPC();
  const mayAdmin = useMay("admin");
  const signOn = useQuery(trpc.signOn.get.queryOptions(undefined, { enabled: mayAdmin }));
  if (!mayAdmin)
    return (
      <>
        <PageHead title="Single sign-on" crumbs={CRUMBS} />
        <EmptyState title="Only admins see this">An admin can change your role under Settings.</EmptyState>
      </>
    );
  return (
    <>
      <PageHead title="Single sign-on" crumbs={CRUMBS} aside={signOn.data && <State view={signOn.data} />} sub={signOn.data && lastChange(signOn.data)} />
      <QueryView query={signOn} what="Single sign-on" skeleton={<Skeleton className="h-[420px] w-full max-w-[980px]" />}>
        {(view) => <SignOnEditor key={view.updatedAtMs ?? 0} view={view} onSaved={() => void signOn.refetch()} />}
      </QueryView>
    </>
  );
}

function State({ view }: { view: SignOnView }) {
  if (view.settings === null) return <StatusChip tone="neutral">not set up</StatusChip>;
  return view.settings.enabled ? <StatusChip tone="ok">on</StatusChip> : <StatusChip tone="neutral">off</StatusChip>;
}

function lastChange({ settings, updatedAtMs, updatedBy, people }: SignOnView): string {
  if (settings === null || updatedAtMs === null) return "People sign in with e-mail and password.";
  return `${people.connected} of ${people.all} ${people.all === 1 ? "account is" : "accounts are"} connected · changed ${formatDate(updatedAtMs)} by ${updatedBy}`;
}

function SignOnEditor({ view, onSaved }: { view: SignOnView; onSaved: () => void }) {
  const trpc = useTRPC();
  const [draft, setDraft] = useState<SignOnDraft>(() => toDraft(view.settings, view.hasSecret));
  const changed = JSON.stringify(draft) !== JSON.stringify(toDraft(view.settings, view.hasSecret));
  const test = useMutation(trpc.signOn.test.mutationOptions());
  const save = useMutation(
    trpc.signOn.set.mutationOptions({
      onSuccess: () => {
        toast.ok("Saved. It holds for the next sign-in.");
        onSaved();
      },
    }),
  );
  const failed = save.isError ? save : test.isError ? test : null;
  const failure = failed && describeError(failed.error);
  const problemAt = (field: string) =>
    failure?.problems
      .filter(({ path }) => fieldOfProblem(path) === field)
      .map(({ message }) => message)
      .join("; ") || undefined;
  const set = (patch: Partial<SignOnDraft>) => {
    save.reset();
    test.reset();
    setDraft({ ...draft, ...patch });
  };
  const tried = () => {
    save.reset();
    test.mutate(toInput(draft));
  };
  return (
    <form
      noValidate
      className="grid max-w-[1180px] items-start gap-3 lg:grid-cols-[minmax(0,1fr)_380px]"
      onSubmit={(event) => {
        event.preventDefault();
        test.reset();
        save.mutate({ ...toInput(draft), basedOnMs: view.updatedAtMs });
      }}
    >
      <UnsavedGuard dirty={changed && !save.isPending && !save.isSuccess} kept={false} />
      <div className="flex min-w-0 flex-col gap-3">
        <Panel title="Provider">
          <ProviderFields draft={draft} hasSecret={view.hasSecret} problemAt={problemAt} onChange={set} />
        </Panel>
        <Panel title="Who comes in">
          <PeopleFields draft={draft} view={view} problemAt={problemAt} onChange={set} />
        </Panel>
        {failure && (
          <Note tone="bad" role="alert">
            {save.isError ? "Not saved." : "Not tested."} {failure.message}
          </Note>
        )}
        <div className="flex flex-wrap items-center gap-2">
          <Button type="submit" variant="primary" busy={save.isPending} disabled={!changed}>
            Save
          </Button>
          <Button busy={test.isPending} disabled={draft.issuer.trim() === ""} onClick={tried}>
            Test the provider
          </Button>
          <span className="text-s text-ink-3">{changed ? "The test tries what stands here, saved or not." : "Nothing is changed."}</span>
        </div>
      </div>
      <div className="flex min-w-0 flex-col gap-3">
        <AtProviderPanel redirectUri={view.redirectUri} />
        <ChecksPanel checks={test.data?.checks ?? null} busy={test.isPending} />
      </div>
    </form>
  );
}
