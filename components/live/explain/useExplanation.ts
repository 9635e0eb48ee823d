"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../data/trpc.ts";
import { isUnderWay } from "./arrangeAnswers.ts";

const ASK_AGAIN_MS = 2_000;

/** Asks all connected collectors about one trace; again by itself while a decision or a delivery is still to come. */
export function useExplanation(traceId: string) {
  const trpc = useTRPC();
  return useQuery(
    trpc.live.explain.queryOptions(
      { traceId },
      {
        staleTime: 0,
        gcTime: 60_000,
        refetchOnWindowFocus: false,
        refetchInterval: (query) => (query.state.data?.answers.some(isUnderWay) ? ASK_AGAIN_MS : false),
        trpc: { context: { skipBatch: true } },
      },
    ),
  );
}
