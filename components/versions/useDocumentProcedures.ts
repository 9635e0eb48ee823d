"use client";

import { useTRPC } from "#components/data/trpc.ts";
import type { DraftPlace } from "./foundDraft.ts";

/** What every kind of document can be asked, of one kind. */
export function useDocumentProcedures(kind: DraftPlace["kind"]) {
  const { policies, destinations, pipelines } = useTRPC();
  const { archive, restore, duplicate } = { sampling: policies, export: destinations, pipeline: pipelines }[kind];
  return { archive, restore, duplicate };
}
