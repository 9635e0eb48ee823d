"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/data/trpc.ts";

/** "v14 runs on 47 of 48 collectors", or what runs instead. */
export function RunsOn({ kind, id, runningVersion }: { kind: "policy" | "pipeline"; id: string; runningVersion: number | null }) {
  const current = useQuery(useTRPC().revisions.current.queryOptions()).data;
  const running = current?.[kind];
  if (runningVersion === null) return <>not running{running && running.id !== id ? `; ${running.name} v${running.version} runs` : ""}</>;
  if (!current) return <>v{runningVersion} runs</>;
  return (
    <>
      v{runningVersion} runs on {current.inSync} of {current.total} {current.total === 1 ? "collector" : "collectors"}
    </>
  );
}
