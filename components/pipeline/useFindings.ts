"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTRPC } from "#components/data/trpc.ts";
import { useRunningPolicy } from "#components/sampling/useRunningPolicy.ts";
import { checkAgainstPeak, type MeasuredLoad, type PeakFinding } from "#domain/pipeline/checkAgainstPeak.ts";
import type { PipelineSettings } from "#domain/pipeline/pipelineSettings.ts";

const MEASURED_EVERY_MS = 10_000;

export type Findings = { findings: readonly PeakFinding[]; measured: MeasuredLoad | null | undefined; scope: "span" | "trace" | undefined };

/** What the settings don't go with. `measured` is undefined until it is known, and null when nothing was measured; `settings` is null while they have errors. */
export function useFindings(settings: PipelineSettings | null): Findings {
  const trpc = useTRPC();
  const measured = useQuery(trpc.pipelines.measured.queryOptions(undefined, { refetchInterval: MEASURED_EVERY_MS })).data;
  const { body } = useRunningPolicy();
  const findings = useMemo(() => (settings ? checkAgainstPeak(settings, body ?? null, measured ?? null) : []), [settings, body, measured]);
  return { findings, measured, scope: body?.scope };
}
