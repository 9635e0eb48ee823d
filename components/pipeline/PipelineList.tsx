"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { ButtonLink } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { DocumentListPanel } from "#components/versions/DocumentListPanel.tsx";
import { NewDrafts } from "#components/versions/NewDrafts.tsx";
import { useArchivedFilter } from "#components/versions/useArchivedFilter.ts";
import { ReadOnlyNote } from "../sampling/editor/ReadOnlyNote.tsx";
import { PIPELINE_SCREEN } from "./pipelineScreen.ts";

/** Every set of pipeline settings there is. */
export function PipelineList() {
  const trpc = useTRPC();
  const mayEdit = useMay("editor");
  const [archived, setArchived] = useArchivedFilter();
  const pipelines = useQuery(trpc.pipelines.list.queryOptions({ archived }));
  const current = useQuery(trpc.revisions.current.queryOptions()).data;
  const add = mayEdit && (
    <ButtonLink variant="primary" href="/pipeline/new" icon={<Plus aria-hidden />}>
      New pipeline settings
    </ButtonLink>
  );
  return (
    <>
      <PageHead
        title={PIPELINE_SCREEN.label}
        sub="How collectors receive, batch, queue and deliver, and what they do when a backend is down. One set runs at a time, on all collectors of a group."
        actions={add}
      />
      {!mayEdit && <ReadOnlyNote what="pipeline settings" />}
      <NewDrafts kind="pipeline" href="/pipeline" />
      <DocumentListPanel
        label="Sets of settings"
        what="pipeline settings"
        kind="pipeline"
        href={PIPELINE_SCREEN.href}
        query={pipelines}
        archived={archived}
        onArchived={setArchived}
        empty={
          <EmptyState title="There are no pipeline settings yet" actions={add}>
            Collectors run the defaults until some are applied.
          </EmptyState>
        }
        runs={{
          head: "Running",
          yes: (version) => `v${version} on ${current ? `${current.inSync} of ${current.total}` : "…"}`,
          no: "not running",
        }}
      />
    </>
  );
}
