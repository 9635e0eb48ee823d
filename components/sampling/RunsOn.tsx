"use client";

import { useRunningPolicy } from "./useRunningPolicy.ts";

/** "v14 runs on 47 of 48 collectors", or what runs instead. */
export function RunsOn({ id, runningVersion }: { id: string; runningVersion: number | null }) {
  const { running, collectors } = useRunningPolicy();
  if (runningVersion === null) return <>not running{running && running.id !== id ? `; ${running.name} v${running.version} runs` : ""}</>;
  if (!collectors) return <>v{runningVersion} runs</>;
  return (
    <>
      v{runningVersion} runs on {collectors.inSync} of {collectors.total} {collectors.total === 1 ? "collector" : "collectors"}
    </>
  );
}
