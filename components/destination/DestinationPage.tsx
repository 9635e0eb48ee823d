"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ApplyDialog } from "#components/apply/ApplyDialog.tsx";
import { describeError } from "#components/data/describeError.ts";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { Button, ButtonLink } from "#components/ui/Button.tsx";
import { toast } from "#components/ui/toast.ts";
import { ChangeWords } from "#components/versions/ChangeWords.tsx";
import { ConflictDialog, readConflict, type SavedMeanwhile } from "#components/versions/ConflictDialog.tsx";
import { NewerVersionNote } from "#components/versions/NewerVersionNote.tsx";
import { useAskedApply } from "#components/versions/useAskedApply.ts";
import { carryDraft } from "./carriedDraft.ts";
import { DestinationEditor, type DestinationSave } from "./DestinationEditor.tsx";
import { DestinationSkeleton } from "./DestinationSkeleton.tsx";
import { describeDestinationChange } from "./describeDestinationChange.ts";
import { type DestinationDraft, draftFromDestination, shownDestination } from "./destinationDraft.ts";
import type { DestinationBody } from "./destinationTypes.ts";
import { toDestinationBody } from "./toDestinationBody.ts";

/** One destination, open on its current version. */
export function DestinationPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const destination = useQuery(trpc.destinations.get.queryOptions({ id }));
  return (
    <QueryView query={destination} what="The destination" skeleton={<DestinationSkeleton />}>
      {(data) => <DestinationEditing key={id} destination={data} />}
    </QueryView>
  );
}

type DestinationView = { id: string; name: string; currentVersion: number; body: DestinationBody; runningVersion: number | null };
type Base = { version: number; body: DestinationBody; carried: DestinationDraft | null };

function DestinationEditing({ destination }: { destination: DestinationView }) {
  const { id, name, runningVersion } = destination;
  const trpc = useTRPC();
  const router = useRouter();
  const mayEdit = useMay("editor");
  const [base, setBase] = useState<Base>({ version: destination.currentVersion, body: destination.body, carried: null });
  const [conflict, setConflict] = useState<SavedMeanwhile<DestinationBody> & { draft: DestinationDraft }>();
  const [applying, setApplying] = useAskedApply(destination.currentVersion);
  const save = useMutation(trpc.destinations.saveVersion.mutationOptions());
  const failure = save.isError ? describeError(save.error) : null;

  const saved = ({ body, choice, draft }: DestinationSave) =>
    save.mutate(
      { id, baseVersion: base.version, body, message: choice.message || undefined },
      {
        onSuccess: ({ version }) => {
          setBase({ version, body: withoutValues(body), carried: null });
          if (choice.apply) setApplying(version);
          else
            toast.ok(`Saved ${name} v${version}. Collectors use it once it is applied.`, { action: { label: "Apply…", onClick: () => setApplying(version) } });
        },
        onError: (error) => {
          const theirs = readConflict(describeError(error).conflict, toDestinationBody);
          if (theirs) setConflict({ ...theirs, draft });
        },
      },
    );
  const moveTo = (next: Base) => {
    setConflict(undefined);
    save.reset();
    setBase(next);
  };

  return (
    <>
      <DestinationEditor
        key={`${base.version} ${base.carried === null}`}
        id={id}
        title={name}
        crumbs={[{ label: "Destination", href: "/destination" }, { label: name }]}
        base={{ label: `v${base.version}`, body: base.body }}
        start={base.carried ?? draftFromDestination(base.body)}
        carried={base.carried !== null}
        next={`v${base.version + 1}`}
        readOnly={!mayEdit}
        status={runningVersion === null ? "not in use" : `v${runningVersion} is in use`}
        actions={
          <>
            <ButtonLink variant="ghost" href={`/destination/${id}/history`}>
              History
            </ButtonLink>
            {mayEdit && runningVersion !== base.version && <Button onClick={() => setApplying(base.version)}>Apply v{base.version}…</Button>}
          </>
        }
        notices={
          destination.currentVersion > base.version &&
          !save.isPending && (
            <NewerVersionNote
              newer={destination.currentVersion}
              base={base.version}
              onOpen={() => moveTo({ version: destination.currentVersion, body: destination.body, carried: null })}
            />
          )
        }
        saving={{ busy: save.isPending, message: failure && failure.code !== "CONFLICT" ? failure.message : null, problems: failure?.problems ?? [] }}
        onSave={saved}
        onEdited={() => save.isError && save.reset()}
      />
      {conflict && (
        <ConflictDialog
          conflict={conflict}
          baseVersion={base.version}
          baseBody={shownDestination(base.body)}
          shownBody={shownDestination(conflict.body)}
          theirWords={<ChangeWords sentences={describeDestinationChange(base.body, conflict.body)} />}
          onOnTop={() => moveTo({ version: conflict.currentVersion, body: conflict.body, carried: conflict.draft })}
          onCopy={() => {
            carryDraft({ draft: conflict.draft, name: `${name} (mine)` });
            router.push("/destination/new?from=draft");
          }}
          onDiscard={() => moveTo({ version: conflict.currentVersion, body: conflict.body, carried: null })}
          onClose={() => setConflict(undefined)}
        />
      )}
      {applying !== null && (
        <ApplyDialog open onOpenChange={(open) => !open && setApplying(null)} target={{ kind: "destination", id, version: applying, name }} />
      )}
    </>
  );
}

/** What was sent, as the server will show it from now on. */
function withoutValues(body: DestinationSave["body"]): DestinationBody {
  if (body.kind !== "otlp") return body;
  return { ...body, headers: body.headers.map(({ name }) => ({ name, isSet: true as const })).sort((a, b) => (a.name < b.name ? -1 : 1)) };
}
