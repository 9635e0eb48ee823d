import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/trpc/appRouter.ts";

/** As the server shows it: header values are never among it. */
export type DestinationBody = inferRouterOutputs<AppRouter>["destinations"]["get"]["body"];
/** As the server takes it: a header with the value null keeps what is stored. */
export type DestinationInput = inferRouterInputs<AppRouter>["destinations"]["create"]["body"];
export type DestinationKind = DestinationBody["kind"];
