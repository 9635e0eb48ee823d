"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { ButtonLink } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import { DocumentTable } from "#components/versions/DocumentTable.tsx";
import { ReadOnlyNote } from "../sampling/editor/ReadOnlyNote.tsx";
import { PIPELINE_SCREEN } from "./pipelineScreen.ts";

/** Every set of pipeline settings there is. */
export function PipelineList() {
  const trpc = useTRPC();
  const mayEdit = useMay("editor");
  const pipelines = useQuery(trpc.pipelines.list.queryOptions());
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
        sub="How collectors receive, batch, queue and deliver, and what they do when a backend is down. One set runs at a time, on all collectors."
        actions={add}
      />
      {!mayEdit && <ReadOnlyNote what="pipeline settings" />}
      <Panel title="Sets of settings" flush>
        <QueryView query={pipelines} what="The list of pipeline settings" skeleton={<SkeletonRows rows={2} columns={5} />}>
          {(rows) =>
            rows.length === 0 ? (
              <EmptyState title="There are no pipeline settings yet" actions={add}>
                Collectors run the defaults until some are applied.
              </EmptyState>
            ) : (
              <DocumentTable
                label="Sets of settings"
                href={PIPELINE_SCREEN.href}
                rows={rows}
                runs={{
                  head: "Running",
                  yes: (version) => `v${version} on ${current ? `${current.inSync} of ${current.total}` : "…"}`,
                  no: "not running",
                }}
              />
            )
          }
        </QueryView>
      </Panel>
    </>
  );
}
