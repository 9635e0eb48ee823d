import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/trpc/appRouter.ts";

export type SignOnView = inferRouterOutputs<AppRouter>["signOn"]["get"];
export type WaysIn = inferRouterOutputs<AppRouter>["session"]["waysIn"];
