import Link from "next/link";
import { formatAge } from "#components/format/formatDuration.ts";
import { formatCount } from "#components/format/formatNumber.ts";
import { Panel } from "#components/ui/Panel.tsx";
import { StatusChip, type Tone } from "#components/ui/StatusChip.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import type { ShadowView } from "./compareTypes.ts";
import { shareText } from "./shareText.ts";

type Collector = ShadowView["collectors"][number];

/** `reading` and `nothing` are a recording's words for what runs and what was refused. */
const STATES: Record<Collector["state"] | "reading" | "nothing", { tone: Tone; word: string }> = {
  reading: { tone: "busy", word: "reading" },
  nothing: { tone: "warn", word: "nothing to read" },
  running: { tone: "busy", word: "counting" },
  ended: { tone: "done", word: "ended" },
  stopped: { tone: "neutral", word: "stopped" },
  memory: { tone: "warn", word: "memory was tight" },
  refused: { tone: "warn", word: "can't compare" },
  unfinished: { tone: "warn", word: "not finished" },
  silent: { tone: "warn", word: "said nothing" },
  waiting: { tone: "busy", word: "waiting" },
  offline: { tone: "neutral", word: "offline" },
  problem: { tone: "warn", word: "not tried" },
};

/** Each collector that it was to be tried on: how it goes there, and what it costs. */
export function TriedOnPanel({ shadow: { collectors, nowMs }, className }: { shadow: ShadowView; className?: string }) {
  return (
    <Panel title="Tried on" flush className={className}>
      <Table label="Tried on">
        <thead>
          <tr>
            <Th>Collector</Th>
            <Th>State</Th>
            <Th n>Spans seen</Th>
            <Th n>Traces compared</Th>
            <Th n>CPU it takes</Th>
            <Th n>Revision now</Th>
            <Th n>Last report</Th>
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
  return (
    <>
      <Tr>
        <Td>
          <Link href={`/fleet/${id}`} className="font-[550] hover:underline">
            {name}
          </Link>
        </Td>
        <Td>
          <CollectorStateChip state={state} />
        </Td>
        <Td n>{formatCount(reported?.spans ?? null)}</Td>
        <Td n>{reported === null ? "—" : shareText(reported.share)}</Td>
        <Td n>{reported === null || reported.threadCpuMs === 0 ? "—" : shareText(reported.cpuMs / reported.threadCpuMs)}</Td>
        <Td n>{reported === null ? "—" : reported.liveRevision === 0 ? "own file" : reported.liveRevision}</Td>
        <Td n>{reported === null ? "—" : `${formatAge(nowMs - reported.atMs)} ago`}</Td>
      </Tr>
      {(problem !== null || (reported !== null && reported.restarts > 0)) && (
        <tr className="border-b border-line last:border-b-0">
          <td colSpan={7} className="px-2.5 pb-2 text-s text-ink-2">
            {problem ?? "The policy that runs there was replaced meanwhile; the counting began anew."}
          </td>
        </tr>
      )}
    </>
  );
}

export function CollectorStateChip({ state }: { state: keyof typeof STATES }) {
  const { tone, word } = STATES[state];
  return <StatusChip tone={tone}>{word}</StatusChip>;
}
