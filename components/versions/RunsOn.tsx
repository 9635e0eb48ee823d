"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/data/trpc.ts";
import { type PlaceOfRunning, placesInWords } from "./placesInWords.ts";

/** "v14 runs on 47 of 48 collectors", or what runs instead; with several groups, where which version of it runs. */
export function RunsOn({ kind, id, runsIn }: { kind: "policy" | "pipeline"; id: string; runsIn: readonly PlaceOfRunning[] }) {
  const current = useQuery(useTRPC().revisions.current.queryOptions()).data;
  const running = current?.[kind];
  if (runsIn.length === 0) return <>not running{current?.groups === 1 && running && running.id !== id ? `; ${running.name} v${running.version} runs` : ""}</>;
  if (!current || current.groups > 1 || runsIn.length > 1) return <>{placesInWords(runsIn)}</>;
  return (
    <>
      v{runsIn[0].version} runs on {current.inSync} of {current.total} {current.total === 1 ? "collector" : "collectors"}
    </>
  );
}
