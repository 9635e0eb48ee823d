"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import type { DraftPlace } from "./foundDraft.ts";

/** The person's own drafts of one kind of document, newest first; none while they are not known. */
export function useDrafts(kind: DraftPlace["kind"]) {
  const mayEdit = useMay("editor");
  const drafts = useQuery(useTRPC().drafts.list.queryOptions(undefined, { enabled: mayEdit, staleTime: 0 }));
  return (drafts.data ?? []).filter((draft) => draft.kind === kind);
}
