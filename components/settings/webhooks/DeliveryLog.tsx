"use client";

import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { formatClock, formatDate } from "#components/format/formatDuration.ts";
import { Button } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Select } from "#components/ui/Select.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import { Table, Td, Th } from "#components/ui/Table.tsx";
import { toast } from "#components/ui/toast.ts";
import type { AppRouter } from "#server/trpc/appRouter.ts";

type Delivery = inferRouterOutputs<AppRouter>["webhooks"]["deliveries"]["items"][number];
const STATES = [
  { value: "all", label: "any state" },
  { value: "pending", label: "waiting" },
  { value: "delivered", label: "delivered" },
  { value: "failed", label: "given up" },
] as const;
type Shown = (typeof STATES)[number]["value"];

/** What was sent, newest first, with each answer. */
export function DeliveryLog({ webhooks }: { webhooks: readonly { id: string; name: string }[] }) {
  const trpc = useTRPC();
  const [state, setState] = useState<Shown>("all");
  const [endpoint, setEndpoint] = useState("all");
  const [before, setBefore] = useState<string | undefined>(undefined);
  const wanted = { endpointId: endpoint === "all" ? undefined : endpoint, state: state === "all" ? undefined : state, before };
  const list = useQuery(trpc.webhooks.deliveries.queryOptions(wanted, { placeholderData: keepPreviousData, refetchInterval: 10_000 }));
  const endpoints = [{ value: "all", label: "all webhooks" }, ...webhooks.map(({ id, name }) => ({ value: id, label: name }))];
  const choose =
    <V,>(set: (value: V) => void) =>
    (value: V) => {
      set(value);
      setBefore(undefined);
    };
  return (
    <Panel
      title="Sent"
      flush
      actions={
        <>
          <Select size="small" aria-label="Of which webhook" value={endpoint} onValueChange={choose(setEndpoint)} options={endpoints} />
          <Select size="small" aria-label="In which state" value={state} onValueChange={choose(setState)} options={STATES} />
        </>
      }
    >
      <QueryView query={list} what="What was sent" skeleton={<SkeletonRows rows={4} columns={5} />}>
        {({ items, hasMore }) =>
          items.length === 0 ? (
            <EmptyState title="Nothing was sent">Messages stay here for a month after they were delivered or given up.</EmptyState>
          ) : (
            <>
              <Table label="Messages">
                <thead>
                  <tr>
                    <Th>Event</Th>
                    <Th>State</Th>
                    <Th>Webhook</Th>
                    <Th>When</Th>
                    <Th className="w-full">Last answer</Th>
                    <Th>
                      <span className="sr-only">Redeliver</span>
                    </Th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((delivery) => (
                    <Row key={delivery.id} delivery={delivery} />
                  ))}
                </tbody>
              </Table>
              {(hasMore || before !== undefined) && (
                <div className="flex gap-2 p-3">
                  {before !== undefined && <Button onClick={() => setBefore(undefined)}>Newest</Button>}
                  {hasMore && <Button onClick={() => setBefore(items.at(-1)?.id)}>Older</Button>}
                </div>
              )}
            </>
          )
        }
      </QueryView>
    </Panel>
  );
}

function Row({ delivery }: { delivery: Delivery }) {
  const trpc = useTRPC();
  const again = useMutation(
    trpc.webhooks.redeliver.mutationOptions({
      onSuccess: () => toast.ok("It is sent once more."),
      onError: (error) => toast.error(describeError(error).message),
    }),
  );
  const { kind, state, endpointName, createdAtMs, nextTryAtMs, tries, id } = delivery;
  const last = tries.at(-1);
  return (
    <tr className="border-b border-line last:border-b-0" data-delivery={kind} data-state={state}>
      <Td className="font-mono text-s">{kind}</Td>
      <Td>
        {state === "delivered" && <StatusChip tone="done">delivered</StatusChip>}
        {state === "failed" && <StatusChip tone="bad">given up</StatusChip>}
        {state === "pending" && <StatusChip tone="busy">{tries.length === 0 ? "waiting" : `again at ${formatClock(nextTryAtMs ?? 0)}`}</StatusChip>}
      </Td>
      <Td>{endpointName}</Td>
      <Td className="num">{formatDate(createdAtMs)}</Td>
      <Td className="max-w-[420px] truncate" title={last?.body}>
        {last === undefined ? "" : (last.error ?? `${last.status} after ${Math.round(last.tookMs)} ms`)}
        {tries.length > 1 && <span className="text-ink-3"> ({tries.length} tries)</span>}
        {last !== undefined && last.body !== "" && <span className="font-mono text-xs text-ink-3"> {last.body.slice(0, 120)}</span>}
      </Td>
      <Td>
        <Button size="small" variant="ghost" busy={again.isPending} onClick={() => again.mutate({ id })}>
          Send again
        </Button>
      </Td>
    </tr>
  );
}
