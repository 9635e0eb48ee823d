import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/trpc/appRouter.ts";

/** What the server says of one group. */
export type GroupView = inferRouterOutputs<AppRouter>["groups"]["get"];
