"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { Button } from "#components/ui/Button.tsx";
import { ConfirmDialog } from "#components/ui/ConfirmDialog.tsx";
import { toast } from "#components/ui/toast.ts";
import { draftFromInput } from "./destinationDraft.ts";
import type { DestinationBody } from "./destinationTypes.ts";
import { keepingValues } from "./mergeDestinations.ts";

/** Any text will do that no tab has for itself: who opens the editor next goes on with the draft. */
const TAB = "an older version";

type UseAsDraftProps = { id: string; number: number; body: DestinationBody; current: { version: number; body: DestinationBody } };

/** Makes an older version the draft on the newest. Values of headers are not of a draft: those of the newest version stay, others have to be given again. */
export function UseAsDraft({ id, number, body, current }: UseAsDraftProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const queries = useQueryClient();
  const [replacing, setReplacing] = useState(false);
  const place = { kind: "export" as const, key: id };
  const kept = useQuery(trpc.drafts.get.queryOptions(place, { staleTime: 0, gcTime: 0 }));
  const save = useMutation(trpc.drafts.save.mutationOptions());
  const becomeDraft = () =>
    save.mutate(
      { ...place, baseVersion: current.version, name: null, body: draftFromInput(keepingValues(body), current.body), tab: TAB },
      {
        async onSuccess() {
          await queries.invalidateQueries({ queryKey: trpc.drafts.pathKey() });
          router.push(`/destination/${id}`);
        },
        onError: (error) => toast.error(describeError(error).message),
      },
    );
  const existing = kept.data ?? null;
  return (
    <>
      <Button variant="primary" busy={save.isPending} disabled={kept.isPending} onClick={() => (existing === null ? becomeDraft() : setReplacing(true))}>
        Use as draft
      </Button>
      <ConfirmDialog
        open={replacing}
        onOpenChange={setReplacing}
        title="Replace the draft you have?"
        description={`You have a draft on v${existing?.baseVersion ?? current.version}. Using v${number} as the draft takes its place.`}
        confirmLabel="Replace my draft"
        danger
        onConfirm={becomeDraft}
      />
    </>
  );
}
