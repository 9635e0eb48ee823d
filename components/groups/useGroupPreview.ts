"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo } from "react";
import { useTRPC } from "#components/data/trpc.ts";
import { parseSelector } from "#domain/fleet/selector.ts";
import type { GroupDraft } from "./GroupFields.tsx";
import { parsePriority } from "./parsePriority.ts";

/** What a group would select, while it is typed: what is wrong at once, whom it would gain and lose as soon as the server has answered. */
export function useGroupPreview(draft: GroupDraft, id: string | undefined) {
  const trpc = useTRPC();
  const text = useDeferredValue(draft.selector);
  const parsed = useMemo(() => parseSelector(draft.selector), [draft.selector]);
  const priority = parsePriority(draft.priority);
  const ready = parsed.ok && priority !== null;
  const preview = useQuery(
    trpc.groups.preview.queryOptions(
      { ...(id !== undefined && { id }), selector: text, priority: priority ?? 0 },
      { enabled: ready && text === draft.selector, placeholderData: keepPreviousData, staleTime: 0, gcTime: 0 },
    ),
  );
  const data = preview.data?.ok ? preview.data : null;
  return { problem: parsed.ok ? null : parsed.problem, ready, preview, data, isOld: !ready || preview.isPlaceholderData };
}
