"use client";

import { useMemo } from "react";
import { useLiveTopic } from "#components/data/useLive.ts";
import { overlapHash } from "#domain/sampling/overlaps.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { type SharedSpans, sharedSpans } from "#domain/sampling/sharedSpans.ts";
import { useRunningPolicy } from "../useRunningPolicy.ts";

const NONE: SharedSpans[] = [];

/** What is measured of the spans that tiers of this draft share; nothing where none of its pairs runs, or collectors have not told of it lately. */
export function useSharedSpans(policy: SamplingPolicy | null): SharedSpans[] {
  const { body } = useRunningPolicy();
  const all = useLiveTopic({ kind: "fleet" })?.event.overlaps;
  const hash = useMemo(() => (body === undefined ? undefined : overlapHash(body)), [body]);
  const figures = all?.find((one) => one.hash === hash);
  // The figures come anew each second and change every ten.
  const told = figures === undefined ? "" : JSON.stringify(figures);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `told` says whether `figures` has changed
  return useMemo(() => (policy === null || body === undefined || figures === undefined ? NONE : sharedSpans(policy, body, figures)), [policy, body, told]);
}
