"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { formatCount } from "#components/format/formatNumber.ts";
import { ButtonLink } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import { ArchivedFilter } from "#components/versions/ArchivedFilter.tsx";
import { useArchivedFilter } from "#components/versions/useArchivedFilter.ts";
import { VersionLink } from "./RunningVersions.tsx";
import { SelectorText } from "./SelectorText.tsx";

/** All groups in the order in which they take collectors: what each selects, how many that are, what they run and how many differ. */
export function GroupList() {
  const trpc = useTRPC();
  const router = useRouter();
  const mayEdit = useMay("editor");
  const [archived, setArchived] = useArchivedFilter();
  const groups = useQuery(trpc.groups.list.queryOptions({ archived }));
  return (
    <>
      <PageHead
        title="Groups"
        sub="Which collectors run what. Each collector is in the first group whose selector matches its labels."
        actions={
          mayEdit && (
            <ButtonLink variant="primary" href="/groups/new" icon={<Plus aria-hidden />}>
              New group
            </ButtonLink>
          )
        }
      />
      <Panel title="Groups" flush actions={<ArchivedFilter archived={archived} onChange={setArchived} />}>
        <QueryView query={groups} what="The list of groups" skeleton={<SkeletonRows rows={3} columns={6} />}>
          {(rows) =>
            rows.length === 0 ? (
              <EmptyState title="Nothing is archived">What is archived can be looked at here, and restored.</EmptyState>
            ) : (
              <>
                <Table label="Groups">
                  <thead>
                    <tr>
                      <Th>Name</Th>
                      <Th n>Collectors</Th>
                      <Th>Drift</Th>
                      <Th>Policy</Th>
                      <Th n>Priority</Th>
                      <Th className="w-full">Selector</Th>
                    </tr>
                  </thead>
                  <tbody>
                    {rows.map((group) => {
                      const policy = group.documents.find(({ kind }) => kind === "sampling");
                      return (
                        <Tr key={group.id} onOpen={() => router.push(`/groups/${group.id}`)} data-group={group.name}>
                          <Td>
                            <Link href={`/groups/${group.id}`} className="font-semibold hover:underline">
                              {group.name}
                            </Link>
                          </Td>
                          <Td n>
                            {formatCount(group.members)}
                            {group.online < group.members && <span className="text-ink-3"> · {formatCount(group.members - group.online)} offline</span>}
                          </Td>
                          <Td>
                            {archived ? (
                              <span className="text-ink-3">archived</span>
                            ) : group.differing > 0 ? (
                              <StatusChip tone="warn">{formatCount(group.differing)} differ</StatusChip>
                            ) : group.members > 0 ? (
                              <StatusChip tone="done">in sync</StatusChip>
                            ) : (
                              <span className="text-ink-3">no collector</span>
                            )}
                          </Td>
                          <Td>
                            {policy && <VersionLink document={policy} />}
                            {!group.hasOwnRevision && <span className="ml-1.5 text-ink-3">as the default group</span>}
                          </Td>
                          <Td n>{group.isDefault ? <span className="text-ink-3">last</span> : group.priority}</Td>
                          <Td className="max-w-[420px] min-w-[180px] truncate">
                            <SelectorText selector={group.selector} isDefault={group.isDefault} />
                          </Td>
                        </Tr>
                      );
                    })}
                  </tbody>
                </Table>
                {rows.length === 1 && !archived && (
                  <p className="border-t border-line px-3 py-2.5 text-ink-2">
                    One configuration goes to all collectors. A group gives some of them another one: those whose labels its selector matches.
                  </p>
                )}
              </>
            )
          }
        </QueryView>
      </Panel>
    </>
  );
}
