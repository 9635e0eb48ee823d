"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ApplyDialog } from "#components/apply/ApplyDialog.tsx";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { formatDate } from "#components/format/formatDuration.ts";
import { Button, ButtonLink } from "#components/ui/Button.tsx";
import { Note } from "#components/ui/Note.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { ArchivedNote } from "#components/versions/DocumentMenu.tsx";
import { YamlText } from "#components/versions/YamlText.tsx";
import { DestinationForm } from "./DestinationForm.tsx";
import { DestinationSkeleton } from "./DestinationSkeleton.tsx";
import { draftFromDestination, shownDestination } from "./destinationDraft.ts";
import type { DestinationBody } from "./destinationTypes.ts";
import { UseAsDraft } from "./UseAsDraft.tsx";

/** One version as it was saved; it can be applied again, or become a draft on the newest. */
export function DestinationVersionPage({ id, number }: { id: string; number: number }) {
  const trpc = useTRPC();
  const mayEdit = useMay("editor");
  const [applying, setApplying] = useState(false);
  const destination = useQuery(trpc.destinations.get.queryOptions({ id }));
  const version = useQuery(trpc.destinations.version.queryOptions({ id, number }, { staleTime: Number.POSITIVE_INFINITY }));
  return (
    <QueryView query={destination} what="The destination" skeleton={<DestinationSkeleton />}>
      {({ name, currentVersion, runsEverywhere, runsIn, archivedAtMs, body: currentBody }) => (
        <QueryView query={version} what={`Version ${number}`} skeleton={<DestinationSkeleton />}>
          {(data) => (
            <>
              <PageHead
                title={`${name} v${number}`}
                crumbs={[
                  { label: "Destination", href: "/destination" },
                  { label: name, href: `/destination/${id}` },
                  { label: "History", href: `/destination/${id}/history` },
                  { label: `v${number}` },
                ]}
                sub={`Saved ${formatDate(data.createdAtMs)} by ${data.authorName}${data.message ? ` · ${data.message}` : ""}${runsIn.some((place) => place.version === number) ? " · in use" : ""}`}
                actions={
                  <>
                    <ButtonLink variant="ghost" href={`/destination/${id}/history?from=${number}&to=${currentVersion}`}>
                      Compare with v{currentVersion}
                    </ButtonLink>
                    {mayEdit && archivedAtMs === null && runsEverywhere !== number && <Button onClick={() => setApplying(true)}>Apply v{number}…</Button>}
                    {mayEdit && archivedAtMs === null && number !== currentVersion && (
                      <UseAsDraft id={id} number={number} body={data.body} current={{ version: currentVersion, body: currentBody }} />
                    )}
                  </>
                }
              />
              {archivedAtMs !== null ? (
                <ArchivedNote kind="export" id={id} name={name} mayEdit={mayEdit} />
              ) : (
                <Note className="mb-3" role="status">
                  <b>Read-only.</b> A saved version never changes
                  {mayEdit && number !== currentVersion
                    ? `; use it as a draft to go on from here. ${valuesInWords(data.body, currentBody, currentVersion)}`
                    : "."}
                </Note>
              )}
              <div className="flex flex-col gap-3">
                <Panel title="Where kept spans go">
                  <DestinationForm draft={draftFromDestination(data.body)} problemAt={() => undefined} readOnly onChange={() => {}} />
                </Panel>
                <Panel title="As YAML">
                  <YamlText value={{ export: shownDestination(data.body) }} what="the destination" />
                </Panel>
              </div>
              {applying && <ApplyDialog open onOpenChange={setApplying} target={{ kind: "destination", id, version: number, name }} />}
            </>
          )}
        </QueryView>
      )}
    </QueryView>
  );
}

function valuesInWords(older: DestinationBody, current: DestinationBody, version: number): string {
  if (older.kind !== "otlp" || older.headers.length === 0) return "";
  const stored = new Set(current.kind === "otlp" ? current.headers.map(({ name }) => name) : []);
  const missing = older.headers.filter(({ name }) => !stored.has(name)).map(({ name }) => name);
  const kept = older.headers.length > missing.length ? `Header values are then those of v${version}` : "";
  if (missing.length === 0) return `${kept}.`;
  return `${kept === "" ? "The" : `${kept}; the`} value of ${missing.join(", ")} has to be given again.`;
}
