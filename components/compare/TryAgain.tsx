"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { Button } from "#components/ui/Button.tsx";
import { toast } from "#components/ui/toast.ts";
import { compareHref } from "./compareHref.ts";
import type { ShadowView } from "./compareTypes.ts";
import { OVER_DEFAULT } from "./overDraft.ts";

const HOUR_MS = 3_600_000;

/** The same policy on the same collectors once more, over what they have recorded by now. */
export function TryAgain({ shadow }: { shadow: Pick<ShadowView, "title" | "policy" | "policyId" | "policyVersion" | "groupId" | "collectorIds" | "backMs"> }) {
  const trpc = useTRPC();
  const router = useRouter();
  const { title, policy, policyId, policyVersion, groupId, collectorIds, backMs } = shadow;
  const hours = backMs === null ? Number(OVER_DEFAULT.hours) : backMs / HOUR_MS;
  const start = useMutation(
    trpc.compare.start.mutationOptions({
      onSuccess: ({ id }) => router.push(compareHref({ run: id })),
      onError: (error) => toast.error(`Nothing was begun. ${describeError(error).message}`),
    }),
  );
  const again = () =>
    start.mutate({
      candidate:
        policyId !== null && policyVersion !== null
          ? { kind: "version", policyId, version: policyVersion }
          : { kind: "body", title, body: policy, ...(policyId !== null && { policyId }) },
      where: groupId === null ? { kind: "collectors", collectorIds } : { kind: "group", groupId },
      over: { kind: "recording", hours },
    });
  return (
    <Button busy={start.isPending} onClick={again}>
      {backMs === null ? `Try on the last ${hours} h` : `Try again on the last ${hours} h`}
    </Button>
  );
}
