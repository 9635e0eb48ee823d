"use client";

import { useState } from "react";
import { formatBytes } from "#components/format/formatBytes.ts";
import { formatCompact } from "#components/format/formatNumber.ts";
import { Button } from "#components/ui/Button.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import { type NamedOutcomes, type Outcomes, spansOf } from "#domain/sampling/compare/comparisonCounts.ts";
import { shareText } from "./shareText.ts";

const SHOWN_FIRST = 12;

type OutcomesPanelProps = { title: string; first: string; rows: readonly NamedOutcomes[]; others?: Outcomes };

/** Kept now and under the candidate, a row for each tier or service that any span fell to; those with most spans first. */
export function OutcomesPanel({ title, first, rows, others }: OutcomesPanelProps) {
  const [all, setAll] = useState(false);
  const named = rows.filter(({ outcomes }) => spansOf(outcomes) > 0).sort((a, b) => spansOf(b.outcomes) - spansOf(a.outcomes));
  const shown = all ? named : named.slice(0, SHOWN_FIRST);
  const left = named.length - shown.length;
  const hasOthers = others !== undefined && spansOf(others) > 0;
  return (
    <Panel
      title={title}
      flush
      actions={
        left > 0 && (
          <Button size="small" variant="ghost" onClick={() => setAll(true)}>
            Show {left} more
          </Button>
        )
      }
    >
      <Table label={title}>
        <thead>
          <tr>
            <Th>{first}</Th>
            <Th n>Spans</Th>
            <Th n>Kept now</Th>
            <Th n>Candidate</Th>
            <Th n>Newly dropped</Th>
            <Th n>Newly kept</Th>
            <Th n>Volume</Th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ name, outcomes }) => (
            <Row key={name} name={name || "(no service.name)"} outcomes={outcomes} />
          ))}
          {hasOthers && <Row name="all other services" outcomes={others} />}
        </tbody>
      </Table>
    </Panel>
  );
}

function Row({ name, outcomes }: NamedOutcomes) {
  const spans = spansOf(outcomes);
  const { both, liveOnly, candidateOnly } = outcomes;
  const bytes = both.bytes + candidateOnly.bytes - (both.bytes + liveOnly.bytes);
  return (
    <Tr>
      <Td className="max-w-[240px] truncate font-[550]" title={name}>
        {name}
      </Td>
      <Td n>{formatCompact(spans)}</Td>
      <Td n>{shareText((both.spans + liveOnly.spans) / spans)}</Td>
      <Td n className="font-semibold">
        {shareText((both.spans + candidateOnly.spans) / spans)}
      </Td>
      <Td n className="text-ink-2">
        {formatCompact(liveOnly.spans)}
      </Td>
      <Td n className="text-ink-2">
        {formatCompact(candidateOnly.spans)}
      </Td>
      <Td n className="text-ink-2">
        {bytes > 0 ? "+" : ""}
        {formatBytes(bytes)}
      </Td>
    </Tr>
  );
}
