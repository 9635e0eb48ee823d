"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "#components/data/trpc.ts";
import { ArchiveUse } from "./ArchiveUse.tsx";
import { describeDestination } from "./describeDestinationChange.ts";

/** One sentence: where kept spans go right now; for the archive, how full it is. */
export function CurrentDestination() {
  const trpc = useTRPC();
  const current = useQuery(trpc.revisions.current.queryOptions());
  const running = current.data?.destination;
  const version = useQuery(
    trpc.destinations.version.queryOptions(
      { id: running?.id ?? "", number: running?.version ?? 1 },
      { enabled: running !== undefined, staleTime: Number.POSITIVE_INFINITY },
    ),
  );
  if (!running || !version.data) return null;
  return (
    <div className="flex flex-col gap-2">
      <p className="max-w-[80ch] text-l">
        Kept spans go to{" "}
        <Link href={`/destination/${running.id}`} className="font-semibold underline decoration-line-strong underline-offset-3 hover:decoration-current">
          {running.name} v{running.version}
        </Link>
        : {describeDestination(version.data.body)}.
      </p>
      {version.data.body.kind === "archive" && <ArchiveUse />}
    </div>
  );
}
