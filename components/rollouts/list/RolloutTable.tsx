"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { formatAge, formatDate } from "#components/format/formatDuration.ts";
import { formatCount } from "#components/format/formatNumber.ts";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import type { RolloutHead } from "#domain/fleet/rollout/rolloutView.ts";
import { MiniTrack } from "../MiniTrack.tsx";
import { changeWords, phaseWords } from "../phaseWords.ts";
import { reasonWords } from "../reasonWords.ts";

export function RolloutTable({ label, rollouts }: { label: string; rollouts: readonly RolloutHead[] }) {
  const router = useRouter();
  const nowMs = Date.now();
  return (
    <Table label={label}>
      <thead>
        <tr>
          <Th n>No.</Th>
          <Th>State</Th>
          <Th>Stages</Th>
          <Th n>Changed</Th>
          <Th className="w-full">What</Th>
          <Th>Group</Th>
          <Th>By</Th>
          <Th>{rollouts.some(({ endedAtMs }) => endedAtMs === null) ? "Started" : "Ended"}</Th>
        </tr>
      </thead>
      <tbody>
        {rollouts.map((rollout) => {
          const { tone, word } = phaseWords(rollout);
          const href = `/rollouts/${rollout.number}`;
          return (
            <Tr key={rollout.number} data-rollout={rollout.number} data-phase={rollout.phase} onOpen={() => router.push(href)}>
              <Td n>
                <Link href={href} className="font-semibold hover:underline" aria-label={`Rollout ${rollout.number}`}>
                  {rollout.number}
                </Link>
              </Td>
              <Td>
                <StatusChip tone={tone}>{word}</StatusChip>
              </Td>
              <Td>
                <MiniTrack stages={rollout.stages} />
              </Td>
              <Td n>
                {formatCount(rollout.changed)} <span className="text-ink-3">of {formatCount(rollout.collectors)}</span>
              </Td>
              <Td className="max-w-[420px] min-w-[200px]">
                <div className="truncate">
                  <span className="font-medium">{changeWords(rollout)}</span>
                  {rollout.reason !== null && <span className="text-ink-2"> · {reasonWords(rollout.reason)}</span>}
                </div>
              </Td>
              <Td>{rollout.group.name}</Td>
              <Td>{rollout.authorName}</Td>
              <Td className="num" title={formatDate(rollout.endedAtMs ?? rollout.startedAtMs)}>
                {formatAge(nowMs - (rollout.endedAtMs ?? rollout.startedAtMs))} ago
              </Td>
            </Tr>
          );
        })}
      </tbody>
    </Table>
  );
}
