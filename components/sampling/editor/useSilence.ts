"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useTRPC } from "#components/data/trpc.ts";
import { useLiveTopic } from "#components/data/useLive.ts";
import type { KnownSilence } from "#domain/sampling/policyHints.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { type KeptTierWatch, tierKeys } from "#domain/sampling/tierSilence.ts";
import { followSilence, type SilentSince, silentMs } from "./followSilence.ts";
import { knownSilence } from "./knownSilence.ts";

/** Conditions are typed letter by letter; what is kept of them is asked for once they rest. */
const REST_MS = 400;
const ASKED_EVERY_MS = 60_000;

/** For how long each tier has matched nothing: as the control plane keeps it, else since this page is open. */
export function useSilence(policy: SamplingPolicy, matchedPerS: readonly (number | null)[] | undefined): (KnownSilence | null)[] {
  const point = useLiveTopic({ kind: "fleet" })?.event.point;
  const [seen, setSeen] = useState<{ since: SilentSince; atMs: number }>({ since: new Map(), atMs: 0 });
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each second that arrives; the rates are those of that second
  useEffect(() => {
    const atMs = Date.now();
    setSeen(({ since }) => ({ since: matchedPerS === undefined ? new Map() : followSilence(since, policy, matchedPerS, atMs), atMs }));
  }, [point, policy]);
  const { keys, kept } = useKeptWatches(policy);
  return knownSilence({ keys, kept, watchedMs: silentMs(seen.since, policy, seen.atMs), matchedPerS, nowMs: seen.atMs });
}

function useKeptWatches(policy: SamplingPolicy): { keys: string[]; kept: readonly KeptTierWatch[] } {
  const trpc = useTRPC();
  const keys = useMemo(() => tierKeys(policy), [policy]);
  const [asked, setAsked] = useState(keys);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(keys), REST_MS);
    return () => clearTimeout(timer);
  }, [keys]);
  const options = { placeholderData: keepPreviousData, refetchInterval: ASKED_EVERY_MS, staleTime: ASKED_EVERY_MS };
  const kept = useQuery(trpc.policies.tierWatches.queryOptions({ keys: asked }, options)).data ?? [];
  return { keys, kept };
}
