import Link from "next/link";
import { formatMs } from "#components/format/formatDuration.ts";
import { formatCompact, formatCount } from "#components/format/formatNumber.ts";
import { Panel } from "#components/ui/Panel.tsx";
import { ProgressBar } from "#components/ui/ProgressBar.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import type { ShadowView } from "./compareTypes.ts";
import { windowText } from "./replayWords.ts";
import { shareText } from "./shareText.ts";
import { CollectorStateChip } from "./TriedOnPanel.tsx";

type Collector = ShadowView["collectors"][number];

/** Each collector whose recording was to be read: how far it got, what the recording covers, and how fast it went. */
export function ReplayedPanel({ shadow: { collectors, nowMs }, className }: { shadow: ShadowView; className?: string }) {
  return (
    <Panel title="Tried on" flush className={className}>
      <Table label="Tried on">
        <thead>
          <tr>
            <Th>Collector</Th>
            <Th>State</Th>
            <Th n>Read</Th>
            <Th n>Recorded</Th>
            <Th n>Traces recorded</Th>
            <Th n>Spans read</Th>
            <Th n>Spans/s</Th>
            <Th n>CPU it took</Th>
            <Th n>Revision now</Th>
          </tr>
        </thead>
        <tbody>
          {collectors.map((collector) => (
            <CollectorRow key={collector.id} collector={collector} nowMs={nowMs} />
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

function CollectorRow({ collector: { id, name, state, problem, reported }, nowMs }: { collector: Collector; nowMs: number }) {
  const read = reported?.replay ?? null;
  const hasWindow = read !== null && read.untilMs > read.fromMs;
  return (
    <>
      <Tr>
        <Td>
          <Link href={`/fleet/${id}`} className="font-[550] hover:underline">
            {name}
          </Link>
        </Td>
        <Td>
          <CollectorStateChip state={state === "running" ? "reading" : state === "refused" ? "nothing" : state} />
        </Td>
        <Td n>
          {read === null ? (
            "—"
          ) : (
            <span className="inline-flex items-center gap-2">
              {state === "running" && <ProgressBar value={read.progress} label={`Read at ${name}`} className="w-[60px]" />}
              {Math.floor(read.progress * 100)}%
            </span>
          )}
        </Td>
        <Td n>{hasWindow ? windowText(read, nowMs) : "—"}</Td>
        <Td n>{hasWindow ? shareText(read.recordedShare) : "—"}</Td>
        <Td n>{formatCount(read?.spans ?? null)}</Td>
        <Td n>{hasWindow ? formatCompact(read.spansPerS) : "—"}</Td>
        <Td n>{reported === null ? "—" : formatMs(reported.cpuMs)}</Td>
        <Td n>{reported === null ? "—" : reported.liveRevision === 0 ? "own file" : reported.liveRevision}</Td>
      </Tr>
      {problem !== null && (
        <tr className="border-b border-line last:border-b-0">
          <td colSpan={9} className="px-2.5 pb-2 text-s text-ink-2">
            {problem}
          </td>
        </tr>
      )}
    </>
  );
}
