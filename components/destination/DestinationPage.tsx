"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ApplyDialog } from "#components/apply/ApplyDialog.tsx";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { Button, ButtonLink } from "#components/ui/Button.tsx";
import { ChangeWords } from "#components/versions/ChangeWords.tsx";
import { ArchivedNote, DocumentMenu } from "#components/versions/DocumentMenu.tsx";
import { type FoundDraft, olderBase } from "#components/versions/foundDraft.ts";
import { MergingConflict } from "#components/versions/MergingConflict.tsx";
import { type PlaceOfRunning, placesInWords } from "#components/versions/placesInWords.ts";
import { giveUpDraft } from "#components/versions/useServerDraft.ts";
import { useVersionSaving } from "#components/versions/useVersionSaving.tsx";
import { WithDraft } from "#components/versions/WithDraft.tsx";
import { carryDraft } from "./carriedDraft.ts";
import { DestinationEditor, type DestinationSave } from "./DestinationEditor.tsx";
import { DestinationSkeleton } from "./DestinationSkeleton.tsx";
import { describeDestinationChange } from "./describeDestinationChange.ts";
import { type DestinationDraft, draftFromDestination, draftFromInput, shownDestination } from "./destinationDraft.ts";
import type { DestinationBody } from "./destinationTypes.ts";
import { keepingValues, mergeDestinations } from "./mergeDestinations.ts";
import { toDestinationBody } from "./toDestinationBody.ts";

/** One destination, open on its current version. */
export function DestinationPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const destination = useQuery(trpc.destinations.get.queryOptions({ id }));
  return (
    <QueryView query={destination} what="The destination" skeleton={<DestinationSkeleton />}>
      {(data) => (
        <WithDraft place={{ kind: "export", key: id }} skeleton={<DestinationSkeleton />}>
          {(found) => <OnDraft key={id} destination={data} found={found} />}
        </WithDraft>
      )}
    </QueryView>
  );
}

type DestinationView = {
  id: string;
  name: string;
  currentVersion: number;
  body: DestinationBody;
  runningVersion: number | null;
  runsEverywhere: number | null;
  runsIn: readonly PlaceOfRunning[];
  archivedAtMs: number | null;
};

/** Opens on the version that the draft stands on, which may be older than the newest. */
function OnDraft({ destination, found }: { destination: DestinationView; found: FoundDraft }) {
  const [number] = useState(() => olderBase(found, destination.currentVersion));
  const version = useQuery(
    useTRPC().destinations.version.queryOptions({ id: destination.id, number: number ?? 1 }, { enabled: number !== null, staleTime: Number.POSITIVE_INFINITY }),
  );
  if (number !== null && version.isPending) return <DestinationSkeleton />;
  return (
    <DestinationEditing destination={destination} found={found} start={number !== null && version.data ? { version: number, body: version.data.body } : null} />
  );
}

type DestinationEditingProps = { destination: DestinationView; found: FoundDraft; start: { version: number; body: DestinationBody } | null };

function DestinationEditing({ destination, found, start }: DestinationEditingProps) {
  const { id, name, runsEverywhere, runsIn } = destination;
  const trpc = useTRPC();
  const router = useRouter();
  const isArchived = destination.archivedAtMs !== null;
  const mayEdit = useMay("editor");
  const { base, saved, saving, onEdited, conflict, conflictChoices, goOnWith, applying, setApplying, notice } = useVersionSaving<
    DestinationBody,
    DestinationDraft,
    DestinationSave["body"],
    unknown
  >({
    document: destination,
    save: useMutation(trpc.destinations.saveVersion.mutationOptions()),
    readBody: toDestinationBody,
    shown: withoutValues,
    verb: "use",
    start,
    left: () => void giveUpDraft({ kind: "export", key: id }),
  });

  return (
    <>
      <DestinationEditor
        key={`${base.version} ${base.draft === null} ${isArchived}`}
        id={id}
        title={name}
        crumbs={[{ label: "Destination", href: "/destination" }, { label: name }]}
        base={{ label: `v${base.version}`, body: base.body }}
        start={base.draft ?? draftFromDestination(base.body)}
        place={{ kind: "export", key: id, baseVersion: base.version }}
        found={found}
        carried={base.draft !== null}
        next={`v${base.version + 1}`}
        readOnly={!mayEdit || isArchived}
        status={runsIn.length === 0 ? "not in use" : runsEverywhere === null ? placesInWords(runsIn) : `v${runsEverywhere} is in use`}
        actions={
          <>
            <ButtonLink variant="ghost" href={`/destination/${id}/history`}>
              History
            </ButtonLink>
            {mayEdit && !isArchived && <DocumentMenu kind="export" document={destination} href="/destination" />}
            {mayEdit && !isArchived && runsEverywhere !== base.version && <Button onClick={() => setApplying(base.version)}>Apply v{base.version}…</Button>}
          </>
        }
        notices={
          <>
            {isArchived && <ArchivedNote kind="export" id={id} name={name} mayEdit={mayEdit} />}
            {notice}
          </>
        }
        saving={saving}
        onSave={({ body, ...save }) => saved(body, save)}
        onEdited={onEdited}
      />
      {conflict && (
        <MergingConflict
          merge={mergeDestinations}
          words={(before, after) => <ChangeWords sentences={describeDestinationChange(before, after)} />}
          shown={shownDestination}
          conflict={{ ...conflict, body: keepingValues(conflict.body) }}
          base={{ version: base.version, body: keepingValues(base.body) }}
          onMerged={(body) => goOnWith(draftFromInput(body, conflict.body))}
          onCopy={() => {
            void giveUpDraft({ kind: "export", key: id });
            carryDraft({ draft: conflict.draft, name: `${name} (mine)` });
            router.push("/destination/new?from=draft");
          }}
          {...conflictChoices}
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
