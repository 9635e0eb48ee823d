"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import type { DraftPlace, FoundDraft } from "./foundDraft.ts";

type WithDraftProps = {
  place: Pick<DraftPlace, "kind" | "key">;
  skeleton: ReactNode;
  children: (found: FoundDraft) => ReactNode;
};

/** Asks for the person's draft before the editor opens. Without an answer the editor opens all the same, from what this browser has. */
export function WithDraft({ place: { kind, key }, skeleton, children }: WithDraftProps) {
  const mayEdit = useMay("editor");
  const draft = useQuery(
    useTRPC().drafts.get.queryOptions(
      { kind, key },
      { enabled: mayEdit, gcTime: 0, staleTime: 0, refetchOnWindowFocus: false, refetchOnReconnect: false, retry: 1 },
    ),
  );
  if (mayEdit && draft.isPending) return skeleton;
  return children(draft.data ?? null);
}
