"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "../../data/trpc.ts";

/** The policy that a revision meant, as a link. */
export function RevisionLink({ revision }: { revision: number }) {
  const trpc = useTRPC();
  const known = revision > 0;
  const revisions = useQuery(trpc.revisions.list.queryOptions(undefined, { enabled: known })).data;
  if (!known) return <span className="text-ink-2">the collector's own file, not from here</span>;
  const found = revisions?.find((candidate) => candidate.revision === revision);
  if (found === undefined) return <>revision {revision}</>;
  return (
    <>
      <Link href={`/sampling/${found.policyId}/versions/${found.policyVersion}`} className="text-accent underline decoration-1 underline-offset-2">
        {found.policyName} v{found.policyVersion}
      </Link>
      <span className="text-ink-2">, revision {revision}</span>
    </>
  );
}
