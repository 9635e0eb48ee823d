"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { formatDay } from "#components/format/formatDay.ts";
import { formatClock } from "#components/format/formatDuration.ts";
import { Chip } from "#components/ui/Chip.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import { useVirtualRows } from "#components/ui/useVirtualRows.tsx";
import type { AuditListItem } from "#domain/audit/auditEvent.ts";

/** So many rows before the end of what is loaded the next page is asked for. */
const AHEAD_ROWS = 30;

type AuditListProps = { events: readonly AuditListItem[]; search: string; hasMore: boolean; loadingMore: boolean; onMore: () => void };

/** Newest first. Only rows near the screen are drawn, and the next page comes before its rows do. */
export function AuditList({ events, search, hasMore, loadingMore, onMore }: AuditListProps) {
  const router = useRouter();
  const virtual = useVirtualRows({ count: events.length, columns: 4 });
  const lastShown = virtual.indices.at(-1) ?? -1;
  const wantsMore = hasMore && !loadingMore && lastShown >= events.length - AHEAD_ROWS;
  useEffect(() => {
    if (wantsMore) onMore();
  }, [wantsMore, onMore]);
  const href = (id: string) => `/audit/${id}${search}`;
  return (
    <div {...virtual.frame}>
      <Table label="Audit events" {...virtual.table} {...(hasMore && { "aria-rowcount": -1 })}>
        <thead>
          <tr>
            <Th className="w-[118px]">When</Th>
            <Th className="w-full">What</Th>
            <Th className="hidden md:table-cell">Action</Th>
            <Th n className="hidden sm:table-cell">
              Number
            </Th>
          </tr>
        </thead>
        <tbody>
          {virtual.before}
          {virtual.indices.map((index) => {
            const event = events[index];
            return (
              <Tr key={event.id} {...virtual.row(index)} onOpen={() => router.push(href(event.id))} data-event={event.id}>
                <Td className="num align-top leading-[32px] text-ink-2">
                  <time dateTime={new Date(event.atMs).toISOString()} title={new Date(event.atMs).toLocaleString("en-GB")}>
                    {formatDay(event.atMs)} {formatClock(event.atMs)}
                  </time>
                </Td>
                <Td className="py-[6px] whitespace-normal!">
                  <Link href={href(event.id)} className="wrap-anywhere hover:underline">
                    <Actor event={event} /> {event.sentence}
                  </Link>
                </Td>
                <Td className="hidden align-top leading-[32px] md:table-cell">
                  <Chip mono>{event.action}</Chip>
                </Td>
                <Td n className="hidden align-top leading-[32px] text-ink-3 sm:table-cell">
                  {event.id}
                </Td>
              </Tr>
            );
          })}
          {virtual.after}
        </tbody>
      </Table>
      <p role="status" className="px-3 py-2 text-s text-ink-3">
        {loadingMore
          ? "Loading earlier events …"
          : hasMore
            ? ""
            : `${events.length.toLocaleString("en")} ${events.length === 1 ? "event" : "events"}, all shown`}
      </p>
    </div>
  );
}

/** The control plane itself is not set in bold: it is nobody to ask. */
function Actor({ event }: { event: AuditListItem }) {
  return event.actorKind === "system" ? <span className="text-ink-2">{event.actorName}</span> : <b>{event.actorName}</b>;
}
