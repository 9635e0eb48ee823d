"use client";

import { useQuery } from "@tanstack/react-query";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { CodeBlock } from "#components/ui/CodeBlock.tsx";
import { DownloadButton } from "#components/ui/DownloadButton.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { exportPolicy } from "#domain/otelcol/exportPolicy.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { EditorSkeleton } from "../EditorSkeleton.tsx";
import { fileNameOf } from "../fileNameOf.ts";

/** The current version of a policy as an OpenTelemetry Collector reads it, and what it can't say. */
export function ExportPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const policy = useQuery(trpc.policies.get.queryOptions({ id }));
  return (
    <QueryView query={policy} what="The policy" skeleton={<EditorSkeleton />}>
      {(data) => <Exported id={id} name={data.name} version={data.currentVersion} body={data.body} />}
    </QueryView>
  );
}

function Exported({ id, name, version, body }: { id: string; name: string; version: number; body: SamplingPolicy }) {
  const { yaml, statements } = exportPolicy(body);
  return (
    <>
      <PageHead
        title={`${name} for a Collector`}
        sub={`v${version} as an OpenTelemetry Collector reads it`}
        crumbs={[{ label: "Sampling", href: "/sampling" }, { label: name, href: `/sampling/${id}` }, { label: "Export" }]}
      />
      <div className="flex flex-col gap-3.5">
        <Panel title="What it does not say" flush>
          {statements.length === 0 ? (
            <EmptyState title="It says all of it">
              {body.scope === "span"
                ? "The same spans are kept there."
                : "Each tier keeps the same share there; which traces of a share are kept is drawn anew."}
            </EmptyState>
          ) : (
            <ul className="border-t border-line">
              {statements.map((statement) => (
                <li key={statement} className="border-b border-line px-3 py-2 last:border-b-0">
                  {statement}
                </li>
              ))}
            </ul>
          )}
        </Panel>
        <Panel
          title="Collector configuration"
          actions={<DownloadButton text={yaml} fileName={`${fileNameOf(name)}-v${version}.yaml`} what="the Collector configuration" />}
        >
          <CodeBlock text={yaml} what="the Collector configuration" />
        </Panel>
      </div>
    </>
  );
}
