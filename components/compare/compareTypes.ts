import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/trpc/appRouter.ts";

type Outputs = inferRouterOutputs<AppRouter>["compare"];
export type ShadowView = Outputs["get"];
export type ShadowItem = Outputs["list"][number];
export type CompareFigures = NonNullable<ShadowView["summary"]["figures"]>;
