"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTRPC } from "#components/data/trpc.ts";

/** Whether changes to a group need a second person, and how to ask for one: then the request's page opens. */
export function useAskForApproval(groupId: string | undefined) {
  const trpc = useTRPC();
  const router = useRouter();
  const setting = useQuery(trpc.approvals.setting.queryOptions());
  const ask = useMutation(trpc.approvals.ask.mutationOptions({ onSuccess: ({ id }) => router.push(`/approvals/${id}`) }));
  return { needed: setting.data?.groups.find(({ id }) => id === groupId)?.needed === true, ask };
}
