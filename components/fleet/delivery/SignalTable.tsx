import { formatCompact, formatCount } from "#components/format/formatNumber.ts";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import type { SignalView } from "#domain/telemetry/delivery.ts";
import { BREAKERS, LOGS } from "./destinationWords.ts";

const ITEMS: Record<SignalView["signal"], string> = { metrics: "data points", logs: "log records" };

/** Metrics and logs on their way through this collector, apart from spans. Rates are of the last 10 seconds, the rest since the start of the process. */
export function SignalTable({ signals }: { signals: readonly SignalView[] }) {
  return (
    <Table label="Metrics and logs">
      <thead>
        <tr>
          <Th>Passed through</Th>
          <Th n>Received/s</Th>
          <Th n>Delivered/s</Th>
          <Th n>Dropped/s</Th>
          <Th n title="Requests that were turned away as a whole">
            Refused/s
          </Th>
          <Th n>Queued</Th>
          <Th n>Delivered</Th>
          <Th n>Dropped</Th>
          <Th>Breaker</Th>
          <Th>Write-ahead log</Th>
        </tr>
      </thead>
      <tbody>
        {signals.map((signal) => (
          <SignalRow key={signal.signal} signal={signal} />
        ))}
      </tbody>
    </Table>
  );
}

function SignalRow({ signal: { signal, rates, queued, delivered, dropped, breaker, lastFailure, wal, walProblem, balanced } }: { signal: SignalView }) {
  const rate = (value: number | undefined) => (value === undefined ? "—" : formatCompact(value));
  return (
    <Tr className="[&>td]:py-1.5 [&>td]:align-top">
      <Td className="font-semibold">
        {signal}
        <span className="block text-s font-normal text-ink-3">{ITEMS[signal]}</span>
        {!balanced && <b className="block text-s text-bad">the ledger does not balance</b>}
      </Td>
      <Td n>{rate(rates?.receivedPerS)}</Td>
      <Td n>{rate(rates?.deliveredPerS)}</Td>
      <Td n>{rate(rates?.droppedPerS)}</Td>
      <Td n>{rate(rates?.refusedRequestsPerS)}</Td>
      <Td n>{formatCount(queued)}</Td>
      <Td n>{formatCount(delivered)}</Td>
      <Td n className={dropped > 0 ? "font-semibold text-bad" : undefined}>
        {formatCount(dropped)}
      </Td>
      <Td className="max-w-[280px] min-w-[140px] whitespace-normal!">
        <StatusChip tone={BREAKERS[breaker].tone}>{BREAKERS[breaker].word}</StatusChip>
        {breaker !== "closed" && lastFailure !== "" && (
          <span className="line-clamp-3 block break-words text-s text-ink-2" title={lastFailure}>
            {lastFailure}
          </span>
        )}
      </Td>
      <Td className="max-w-[260px] min-w-[120px] whitespace-normal!">
        <StatusChip tone={LOGS[wal].tone}>{LOGS[wal].word}</StatusChip>
        {wal !== "ok" && walProblem !== "" && <span className="line-clamp-3 block break-words text-s">{walProblem}</span>}
      </Td>
    </Tr>
  );
}
