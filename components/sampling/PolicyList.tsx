"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { Button, ButtonLink } from "#components/ui/Button.tsx";
import { DropdownMenu } from "#components/ui/DropdownMenu.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import { DocumentTable } from "#components/versions/DocumentTable.tsx";
import { ReadOnlyNote } from "./editor/ReadOnlyNote.tsx";
import { TEMPLATES } from "./templates.ts";
import { useRunningPolicy } from "./useRunningPolicy.ts";

/** All policies: what each says, where it runs, who changed it last. */
export function PolicyList() {
  const trpc = useTRPC();
  const router = useRouter();
  const mayEdit = useMay("editor");
  const policies = useQuery(trpc.policies.list.queryOptions());
  const { collectors } = useRunningPolicy();
  const create = (from: string) => router.push(`/sampling/new?from=${encodeURIComponent(from)}`);
  return (
    <>
      <PageHead
        title="Sampling"
        sub="What is kept of what comes in. A policy is a list of tiers; the first that matches a span decides."
        actions={
          mayEdit && (
            <DropdownMenu
              heading="Begin with"
              items={[
                ...TEMPLATES.map((template) => ({ label: template.title, onSelect: () => create(template.id) })),
                ...(policies.data ?? []).map((policy, index) => ({
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
          )
        }
      />
      {!mayEdit && <ReadOnlyNote what="policies" />}
      <Panel title="Policies" flush>
        <QueryView query={policies} what="The list of policies" skeleton={<SkeletonRows rows={3} columns={5} />}>
          {(rows) =>
            rows.length === 0 ? (
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
            ) : (
              <DocumentTable
                label="Policies"
                href="/sampling"
                rows={rows}
                figure={{ head: "Tiers", of: (policy) => policy.tierCount }}
                runs={{
                  head: "Running",
                  yes: (version) => `v${version} on ${collectors ? `${collectors.inSync} of ${collectors.total}` : "…"}`,
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
