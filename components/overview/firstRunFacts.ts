import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/trpc/appRouter.ts";

export type FirstRunFacts = inferRouterOutputs<AppRouter>["overview"]["firstRun"];
