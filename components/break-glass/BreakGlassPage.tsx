"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import type { BreakGlassView } from "#domain/fleet/breakGlass.ts";
import { QueryView } from "../data/QueryView.tsx";
import { useTRPC } from "../data/trpc.ts";
import { formatClock, formatDate } from "../format/formatDuration.ts";
import { formatMicroUsd } from "../format/formatMoney.ts";
import { Button } from "../ui/Button.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { PageHead } from "../ui/PageHead.tsx";
import { Panel } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/Skeleton.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { Table, Td, Th } from "../ui/Table.tsx";
import { breakGlassHref } from "./breakGlassHref.ts";
import { keptInWords } from "./breakGlassWords.ts";
import { StartBreakGlassDialog } from "./StartBreakGlassDialog.tsx";

/** What is kept in full now and was before, with what it was said to cost and what it came to. `?new`: the dialog is open. */
export function BreakGlassPage() {
  const trpc = useTRPC();
  const router = useRouter();
  const search = useSearchParams();
  const list = useQuery(trpc.breakGlass.list.queryOptions({ past: true }, { refetchInterval: 5_000 }));
  const mayAct = list.data?.mayBreakGlass === true;
  const open = (
    <Button variant="primary" onClick={() => router.replace(breakGlassHref())}>
      Keep everything…
    </Button>
  );
  return (
    <>
      <PageHead
        title="Break glass"
        sub="Keep everything of a service, an endpoint or some collectors for a while, whatever the policies say."
        actions={mayAct && open}
      />
      <Panel title="Now and before" flush>
        <QueryView query={list} what="What is kept in full" skeleton={<SkeletonRows rows={4} columns={6} />}>
          {({ live, past }) =>
            live.length + past.length === 0 ? (
              <EmptyState title="It was never used" actions={mayAct && open}>
                When something burns, everything of it can be kept for a quarter of an hour or an hour. It ends by itself, and its cost is said before and
                after.
              </EmptyState>
            ) : (
              <Table label="Kept in full">
                <thead>
                  <tr>
                    <Th className="w-full">What</Th>
                    <Th>State</Th>
                    <Th>When</Th>
                    <Th>Who and why</Th>
                    <Th n>Said before</Th>
                    <Th n>Came to</Th>
                  </tr>
                </thead>
                <tbody>
                  {[...live, ...past].map((one) => (
                    <Row key={one.id} one={one} />
                  ))}
                </tbody>
              </Table>
            )
          }
        </QueryView>
      </Panel>
      {mayAct && search.has("new") && (
        <StartBreakGlassDialog service={search.get("service") ?? ""} selector={search.get("selector") ?? ""} onClose={() => router.replace("/break-glass")} />
      )}
    </>
  );
}

function Row({ one }: { one: BreakGlassView }) {
  const { estimate } = one;
  const endedWords = one.endedBy === null ? "its time was over" : `ended by ${one.endedBy}`;
  return (
    <tr className="border-b border-line last:border-b-0" data-break-glass-row={one.id}>
      <Td className="min-w-[180px]">{one.what}</Td>
      <Td>
        {one.endedAtMs === null ? <StatusChip tone="warn">until {formatClock(one.endsAtMs)}</StatusChip> : <StatusChip tone="neutral">{endedWords}</StatusChip>}
      </Td>
      <Td className="num">
        {formatDate(one.startedAtMs)} to {formatClock(one.endedAtMs ?? one.endsAtMs)}
      </Td>
      <Td>
        {one.byName}: <span className="text-ink-2">{one.reason}</span>
      </Td>
      <Td n>
        {estimate.kind === "unknown" ? (
          <span className="text-ink-3" title={estimate.why}>
            not known
          </span>
        ) : (
          `${estimate.kind === "atMost" ? "at most " : ""}${formatMicroUsd(estimate.costMicroUsd)}`
        )}
      </Td>
      <Td n>{keptInWords(one)}</Td>
    </tr>
  );
}
