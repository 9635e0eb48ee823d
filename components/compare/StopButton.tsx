"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { Button } from "#components/ui/Button.tsx";
import { toast } from "#components/ui/toast.ts";

/** Ends a comparison before its time; what was counted stays. */
export function StopButton({ id, label }: { id: string; label: string }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const mayTry = useMay("editor");
  const stop = useMutation(
    trpc.compare.stop.mutationOptions({
      onSuccess: () => queries.invalidateQueries(trpc.compare.pathFilter()),
      onError: (error) => toast.error(describeError(error).message),
    }),
  );
  if (!mayTry) return null;
  return (
    <Button busy={stop.isPending} onClick={() => stop.mutate({ id })}>
      {label}
    </Button>
  );
}
