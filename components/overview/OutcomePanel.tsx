"use client";

import { useSyncExternalStore } from "react";
import type { LivePoint } from "#domain/telemetry/live.ts";
import { Sparkline } from "../charts/Sparkline.tsx";
import { newestPoint, type SeriesStore } from "../data/seriesStore.ts";
import { formatPercent, formatRate } from "../format/formatNumber.ts";
import { ButtonLink } from "../ui/Button.tsx";
import { Panel } from "../ui/Panel.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";

type Line = { key: string; label: string; note: string; color: string; bad?: boolean; value: (point: LivePoint) => number };

const LINES: readonly Line[] = [
  { key: "in", label: "In", note: "accepted from senders", color: "var(--text-2)", value: (point) => point.receivedPerS },
  { key: "kept", label: "Kept", note: "by the policy", color: "var(--kept)", value: (point) => point.keptPerS },
  { key: "sampledOut", label: "Sampled out", note: "intended", color: "var(--sampled)", value: (point) => point.sampledOutPerS },
  { key: "refused", label: "Refused", note: "sender tries again", color: "var(--refused)", bad: true, value: (point) => point.refusedPerS },
  { key: "dropped", label: "Dropped", note: "never intended", color: "var(--dropped)", bad: true, value: (point) => point.droppedPerS },
];

export function OutcomePanel({ store, className }: { store: SeriesStore; className?: string }) {
  return (
    <Panel
      title="What becomes of the spans"
      flush
      className={className}
      actions={
        <ButtonLink size="small" variant="ghost" href="/live">
          Live
        </ButtonLink>
      }
    >
      <OutcomeTable store={store} />
    </Panel>
  );
}

function OutcomeTable({ store }: { store: SeriesStore }) {
  const view = useSyncExternalStore(store.subscribe, store.view, store.view);
  const newest = newestPoint(view);
  return (
    <Table label="What becomes of the spans">
      <thead>
        <tr>
          <Th>Outcome</Th>
          <Th n>Spans/s</Th>
          <Th n>Share</Th>
          <Th>15 min</Th>
        </tr>
      </thead>
      <tbody>
        {LINES.map(({ key, label, note, color, bad, value }) => {
          const now = newest === null ? null : value(newest);
          return (
            <Tr key={key}>
              <Td>
                <span className="flex items-center gap-2">
                  <span aria-hidden="true" className="size-[8px] shrink-0 rounded-[2px]" style={{ background: color }} />
                  <span className="font-[550]">{label}</span>
                  <span className="hidden text-s text-ink-3 sm:inline">{note}</span>
                </span>
              </Td>
              <Td n className={bad && now !== null && now > 0 ? "font-semibold text-bad" : undefined}>
                {formatRate(now)}
              </Td>
              <Td n className="text-ink-2">
                {now === null || newest === null || newest.receivedPerS === 0 ? "—" : formatPercent(now / newest.receivedPerS)}
              </Td>
              <Td className="w-[40%]">
                <Sparkline
                  values={view.points.map((point) => (point === null ? null : value(point)))}
                  label={`${label}, last 15 minutes`}
                  width={140}
                  height={20}
                  color={color}
                  fill
                />
              </Td>
            </Tr>
          );
        })}
      </tbody>
    </Table>
  );
}
