"use client";

import { createTRPCContext } from "@trpc/tanstack-react-query";
import type { AppRouter } from "#server/trpc/appRouter.ts";

/** `const trpc = useTRPC()`, then `useQuery(trpc.fleet.list.queryOptions())` and `useMutation(trpc.prices.set.mutationOptions())`. */
export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();
