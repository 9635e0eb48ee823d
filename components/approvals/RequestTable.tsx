"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { formatAge } from "#components/format/formatDuration.ts";
import { Chip } from "#components/ui/Chip.tsx";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import type { RequestState } from "#domain/approval/changeRequest.ts";
import { REQUEST_WORDS } from "./requestWords.ts";

type Request = {
  id: string;
  title: string;
  state: RequestState;
  groupName: string | null;
  sentences: string[];
  askedByName: string;
  askedAtMs: number;
  expiresAtMs: number;
  decidedByName: string | null;
  isOwn: boolean;
  problem: string | null;
};

export function RequestTable({ requests }: { requests: readonly Request[] }) {
  const router = useRouter();
  const nowMs = Date.now();
  return (
    <Table label="Requests">
      <thead>
        <tr>
          <Th className="w-full">What</Th>
          <Th>State</Th>
          <Th>Group</Th>
          <Th>Asked by</Th>
          <Th>Asked</Th>
          <Th>Decided by</Th>
        </tr>
      </thead>
      <tbody>
        {requests.map((request) => {
          const { tone, word } = REQUEST_WORDS[request.state];
          const href = `/approvals/${request.id}`;
          return (
            <Tr key={request.id} data-request={request.title} onOpen={() => router.push(href)}>
              <Td className="max-w-[420px] min-w-[180px]">
                <div className="flex items-center gap-1.5">
                  <Link href={href} className="shrink-0 font-semibold hover:underline">
                    {request.title}
                  </Link>
                  <span className="truncate text-ink-2">{request.sentences.join(" · ")}</span>
                </div>
              </Td>
              <Td>
                <span className="flex items-center gap-1.5">
                  <StatusChip tone={tone}>{word}</StatusChip>
                  {request.problem === null && <Chip outline>you can decide</Chip>}
                </span>
              </Td>
              <Td>{request.groupName ?? <span className="text-ink-3">—</span>}</Td>
              <Td>{request.isOwn ? "you" : request.askedByName}</Td>
              <Td className="num">{formatAge(nowMs - request.askedAtMs)} ago</Td>
              <Td>{request.decidedByName ?? <span className="text-ink-3">—</span>}</Td>
            </Tr>
          );
        })}
      </tbody>
    </Table>
  );
}
