"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { toast } from "#components/ui/toast.ts";
import type { FoundDraft } from "#components/versions/foundDraft.ts";
import { WithDraft } from "#components/versions/WithDraft.tsx";
import { ARCHIVE_BYTES_DEFAULT } from "#domain/pipeline/exportSettings.ts";
import { readCarriedDraft } from "./carriedDraft.ts";
import { DestinationEditor, type DestinationSave } from "./DestinationEditor.tsx";
import { DestinationSkeleton } from "./DestinationSkeleton.tsx";
import { draftFromDestination } from "./destinationDraft.ts";
import type { DestinationKind } from "./destinationTypes.ts";
import { readFound } from "./useKeptDraft.ts";

const NAMES = { otlp: "OTLP backend", archive: "Local archive", discard: "Discard" };

/** `?kind=otlp|archive|discard` begins with that kind; `?from=draft` with one that could not be saved where it was. */
export function NewDestinationPage() {
  const search = useSearchParams();
  const asked = search.get("kind");
  const kind: DestinationKind = asked === "archive" || asked === "discard" ? asked : "otlp";
  return (
    <WithDraft place={{ kind: "export", key: `new-${kind}` }} skeleton={<DestinationSkeleton />}>
      {(found) => <NewDestination key={kind} kind={kind} found={found} />}
    </WithDraft>
  );
}

function NewDestination({ kind, found }: { kind: DestinationKind; found: FoundDraft }) {
  const trpc = useTRPC();
  const router = useRouter();
  const search = useSearchParams();
  const mayEdit = useMay("editor");
  const [begin] = useState(() => {
    const carried = search.get("from") === "draft" ? readCarriedDraft() : null;
    if (carried) return { ...carried, carried: true as boolean };
    return {
      draft: { ...draftFromDestination({ kind: "archive", bytesMax: ARCHIVE_BYTES_DEFAULT }), kind },
      name: readFound(found, 0)?.name ?? NAMES[kind],
      carried: false,
    };
  });
  const [name, setName] = useState(begin.name);
  const create = useMutation(trpc.destinations.create.mutationOptions());
  const failure = create.isError ? describeError(create.error) : null;
  const nameProblem = failure?.problems.find((problem) => problem.path === "name")?.message ?? (name.trim() === "" ? "must not be empty" : null);
  const draftKey = `new-${kind}`;
  const save = ({ body, choice, done }: DestinationSave) =>
    create.mutate(
      { name: name.trim(), body, message: choice.message || undefined, draftKey },
      {
        onSuccess: ({ id }) => {
          done();
          toast.ok(`Saved ${name.trim()} v1.`);
          router.replace(`/destination/${id}${choice.apply ? "?apply=1" : ""}`);
        },
      },
    );
  return (
    <DestinationEditor
      id={undefined}
      title="New destination"
      crumbs={[{ label: "Destination", href: "/destination" }, { label: "New destination" }]}
      base={null}
      start={begin.draft}
      place={{ kind: "export", key: draftKey, baseVersion: 0 }}
      found={found}
      name={name}
      carried={begin.carried}
      next="v1"
      readOnly={!mayEdit}
      status="collectors use it once it is applied"
      nameProblem={nameProblem}
      nameField={
        <Field label="Name" error={nameProblem} className="mb-3 max-w-[360px]">
          {(control) => (
            <Input
              {...control}
              maxLength={80}
              readOnly={!mayEdit}
              value={name}
              onChange={(event) => {
                if (create.isError) create.reset();
                setName(event.target.value);
              }}
            />
          )}
        </Field>
      }
      saving={{ busy: create.isPending || create.isSuccess, message: failure?.message ?? null, problems: failure?.problems ?? [] }}
      onSave={save}
      onEdited={() => create.isError && create.reset()}
    />
  );
}
