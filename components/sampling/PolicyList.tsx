"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useMemo } from "react";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { useFleetRows } from "#components/fleet/useFleetRows.ts";
import { formatMicroUsd } from "#components/format/formatMoney.ts";
import { formatPercent } from "#components/format/formatNumber.ts";
import { Button, ButtonLink } from "#components/ui/Button.tsx";
import { DropdownMenu } from "#components/ui/DropdownMenu.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { DocumentListPanel } from "#components/versions/DocumentListPanel.tsx";
import { NewDrafts } from "#components/versions/NewDrafts.tsx";
import { useArchivedFilter } from "#components/versions/useArchivedFilter.ts";
import { ReadOnlyNote } from "./editor/ReadOnlyNote.tsx";
import { type PolicyFigures, policyFigures, sumsByRevision } from "./policyFigures.ts";
import { TEMPLATES } from "./templates.ts";
import { useRunningPolicy } from "./useRunningPolicy.ts";

/** The last ones that were changed; any other is copied from its own page. */
const COPIES_OFFERED = 20;

/** All policies: what each says, where it runs, who changed it last. */
export function PolicyList() {
  const trpc = useTRPC();
  const router = useRouter();
  const mayEdit = useMay("editor");
  const [archived, setArchived] = useArchivedFilter();
  const policies = useQuery(trpc.policies.list.queryOptions({ archived }));
  const { collectors } = useRunningPolicy();
  const { rows: fleet } = useFleetRows();
  const sums = useMemo(() => fleet && sumsByRevision(fleet), [fleet]);
  const figuresOf = ({ runsIn }: { runsIn: readonly { revision: number }[] }) =>
    sums &&
    policyFigures(
      sums,
      runsIn.map(({ revision }) => revision),
    );
  const create = (from: string) => router.push(`/sampling/new?from=${encodeURIComponent(from)}`);
  return (
    <>
      <PageHead
        title="Sampling"
        sub="What is kept of what comes in. A policy is a list of tiers; the first that matches a span decides."
        actions={
          mayEdit && (
            <>
              <ButtonLink variant="ghost" href="/sampling/import">
                Import
              </ButtonLink>
              <DropdownMenu
                heading="Begin with"
                items={[
                  ...TEMPLATES.map((template) => ({ label: template.title, onSelect: () => create(template.id) })),
                  ...((archived ? [] : policies.data) ?? []).slice(0, COPIES_OFFERED).map((policy, index) => ({
                    label: `Copy of ${policy.name}`,
                    onSelect: () => create(policy.id),
                    separated: index === 0,
                  })),
                ]}
                trigger={
                  <Button variant="primary" icon={<Plus aria-hidden />}>
                    New policy
                  </Button>
                }
              />
            </>
          )
        }
      />
      {!mayEdit && <ReadOnlyNote what="policies" />}
      <NewDrafts kind="sampling" href="/sampling" />
      <DocumentListPanel
        label="Policies"
        what="policies"
        kind="sampling"
        href="/sampling"
        query={policies}
        archived={archived}
        onArchived={setArchived}
        empty={
          <EmptyState
            title="There is no policy yet"
            actions={
              mayEdit &&
              TEMPLATES.map((template) => (
                <ButtonLink key={template.id} href={`/sampling/new?from=${template.id}`}>
                  {template.title}
                </ButtonLink>
              ))
            }
          >
            Collectors keep everything until one is applied.
          </EmptyState>
        }
        figure={{ head: "Tiers", of: (policy) => policy.tierCount }}
        measured={[
          { head: "Kept", of: (policy) => <Measured figures={figuresOf(policy)} text={({ keptShare }) => formatPercent(keptShare)} /> },
          { head: "Cost/h", of: (policy) => <Measured figures={figuresOf(policy)} text={({ costMicroUsdPerHour }) => formatMicroUsd(costMicroUsdPerHour)} /> },
        ]}
        runs={{
          head: "Running",
          yes: (version) => `v${version} on ${collectors ? `${collectors.inSync} of ${collectors.total}` : "…"}`,
          no: "not running",
        }}
      />
    </>
  );
}

/** A figure, and of one that is not there the reason. */
function Measured({ figures, text }: { figures: PolicyFigures | undefined; text: (figures: PolicyFigures) => string }) {
  const shown = figures ? text(figures) : "—";
  return shown === "—" ? (
    <span className="text-ink-3" title={figures?.why ?? undefined}>
      {shown}
    </span>
  ) : (
    shown
  );
}
