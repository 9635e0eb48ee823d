import type { ReasonRate, ReasonRates } from "#domain/telemetry/delivery.ts";
import { formatCompact, formatRate } from "../../format/formatNumber.ts";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { Table, Td, Th, Tr } from "../../ui/Table.tsx";
import { reasonWords } from "./reasonWords.ts";

/** Refusals and drops by reason. Refused was never received and is tried again by its sender; dropped had been accepted, and is lost. */
export function ReasonsTable({ reasons }: { reasons: ReasonRates }) {
  const rows = [...reasons.dropped.map((rate) => ({ what: "dropped" as const, rate })), ...reasons.refused.map((rate) => ({ what: "refused" as const, rate }))];
  if (rows.length === 0) return <EmptyState title="Nothing refused, nothing dropped">Since the start of each collector's process.</EmptyState>;
  return (
    <Table label="Refused and dropped by reason">
      <thead>
        <tr>
          <Th>Reason</Th>
          <Th n>Now</Th>
          <Th n>Since the start</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ what, rate }) => (
          <Row key={`${what} ${rate.reason}`} what={what} rate={rate} />
        ))}
      </tbody>
    </Table>
  );
}

function Row({ what, rate }: { what: "dropped" | "refused"; rate: ReasonRate }) {
  const { reason, spansPerS, requestsPerS, spans, requests } = rate;
  // A request that was turned away unread has spans that nobody counted.
  const onlyRequests = spans === 0 && requests > 0;
  return (
    <Tr className="[&>td]:py-1 [&>td]:align-top">
      <Td className="min-w-[160px] whitespace-normal!">
        <span className={what === "dropped" ? "text-bad" : "text-ink-2"}>{what}</span> <span className="font-mono text-s break-all">{reason}</span>
        <span className="block text-s text-ink-3">{reasonWords(reason)}</span>
      </Td>
      <Td n className={spansPerS > 0 || requestsPerS > 0 ? "font-semibold" : "text-ink-3"}>
        {onlyRequests ? `${formatRate(requestsPerS)} requests/s` : `${formatRate(spansPerS)} spans/s`}
      </Td>
      <Td n className="text-ink-2">
        {formatCompact(onlyRequests ? requests : spans)} {onlyRequests ? "requests" : "spans"}
      </Td>
    </Tr>
  );
}
