"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { ApplyDialog } from "#components/apply/ApplyDialog.tsx";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { Button, ButtonLink } from "#components/ui/Button.tsx";
import { ChangeWords } from "#components/versions/ChangeWords.tsx";
import { ConflictDialog } from "#components/versions/ConflictDialog.tsx";
import { useVersionSaving } from "#components/versions/useVersionSaving.tsx";
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

function DestinationEditing({ destination }: { destination: DestinationView }) {
  const { id, name, runningVersion } = destination;
  const trpc = useTRPC();
  const router = useRouter();
  const mayEdit = useMay("editor");
  const { base, saved, saving, onEdited, conflict, conflictChoices, applying, setApplying, notice } = useVersionSaving<
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
  });

  return (
    <>
      <DestinationEditor
        key={`${base.version} ${base.draft === null}`}
        id={id}
        title={name}
        crumbs={[{ label: "Destination", href: "/destination" }, { label: name }]}
        base={{ label: `v${base.version}`, body: base.body }}
        start={base.draft ?? draftFromDestination(base.body)}
        carried={base.draft !== null}
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
        notices={notice}
        saving={saving}
        onSave={({ body, ...save }) => saved(body, save)}
        onEdited={onEdited}
      />
      {conflict && (
        <ConflictDialog
          conflict={conflict}
          baseVersion={base.version}
          baseBody={shownDestination(base.body)}
          shownBody={shownDestination(conflict.body)}
          theirWords={<ChangeWords sentences={describeDestinationChange(base.body, conflict.body)} />}
          onCopy={() => {
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
