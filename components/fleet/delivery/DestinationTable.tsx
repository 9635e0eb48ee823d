import { formatAge, formatDate } from "#components/format/formatDuration.ts";
import { formatCompact, formatCount } from "#components/format/formatNumber.ts";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import type { DestinationView } from "#domain/telemetry/delivery.ts";
import { BREAKERS, batchFacts, isOfOldCollector, LOGS, logFacts } from "./destinationWords.ts";

/** Where kept spans go: state of the breaker, tries, what waits and where. Counters are totals since the start of the process. */
export function DestinationTable({ destinations, nowMs }: { destinations: readonly DestinationView[]; nowMs: number }) {
  return (
    <Table label="Destinations">
      <thead>
        <tr>
          <Th>Destination</Th>
          <Th>Breaker</Th>
          <Th>Last failure</Th>
          <Th n>First tries</Th>
          <Th n>Retries</Th>
          <Th n title="Times that a retry had to wait because the retry budget was used up">
            Held back
          </Th>
          <Th n>In memory</Th>
          <Th n>In the log alone</Th>
          <Th>Write-ahead log</Th>
          <Th n>Batch size</Th>
        </tr>
      </thead>
      <tbody>
        {destinations.map((destination) => (
          <DestinationRow key={destination.name} destination={destination} nowMs={nowMs} />
        ))}
      </tbody>
    </Table>
  );
}

function DestinationRow({ destination, nowMs }: { destination: DestinationView; nowMs: number }) {
  const { name, breaker, breakerSinceMs, breakerOpened, notClosedSinceMs, lastFailure, lastFailureMs, wal, walProblem, walOnlySpans } = destination;
  const old = isOfOldCollector(destination);
  const count = (value: number) => (old ? "—" : formatCompact(value));
  return (
    <Tr className="[&>td]:py-1.5 [&>td]:align-top">
      <Td className="font-semibold">{name}</Td>
      <Td>
        <StatusChip tone={BREAKERS[breaker].tone}>{BREAKERS[breaker].word}</StatusChip>
        <Below>
          {old
            ? "this version has no breaker"
            : `for ${formatAge(nowMs - breakerSinceMs)} · ${breakerOpened === 0 ? "never opened" : `opened ${formatCount(breakerOpened)}×`}`}
        </Below>
        {notClosedSinceMs !== null && notClosedSinceMs < breakerSinceMs && <Below>not closed for {formatAge(nowMs - notClosedSinceMs)}</Below>}
      </Td>
      <Td className="max-w-[280px] min-w-[180px] whitespace-normal!">
        {lastFailure === "" ? (
          <span className="text-ink-3">{old ? "—" : "none"}</span>
        ) : (
          <>
            <span className="line-clamp-3 break-words" title={lastFailure}>
              {lastFailure}
            </span>
            {lastFailureMs > 0 && <Below>{formatDate(lastFailureMs)}</Below>}
          </>
        )}
      </Td>
      <Td n>{count(destination.firstTries)}</Td>
      <Td n>{count(destination.retries)}</Td>
      <Td n>{count(destination.retriesHeldBack)}</Td>
      <Td n>{formatCompact(destination.memorySpans)}</Td>
      <Td n>{wal === "off" && walOnlySpans === 0 ? "—" : formatCompact(walOnlySpans)}</Td>
      <Td className="max-w-[260px] min-w-[180px] whitespace-normal!">
        <StatusChip tone={LOGS[wal].tone}>{LOGS[wal].word}</StatusChip>
        <Below>{wal === "off" ? "kept spans wait in memory alone" : logFacts(destination)}</Below>
        {wal !== "ok" && walProblem !== "" && <span className="line-clamp-3 break-words text-s">{walProblem}</span>}
      </Td>
      <Td n>{batchFacts(destination, formatCount)}</Td>
    </Tr>
  );
}

function Below({ children }: { children: React.ReactNode }) {
  return <span className="num block text-s text-ink-3">{children}</span>;
}
