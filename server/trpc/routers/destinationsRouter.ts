import { type CheckDestinationInput, checkDestination } from "../../services/destinations/checkDestination.ts";
import type { DestinationBody, DestinationBodyInput } from "../../services/destinations/destinationBody.ts";
import { destinationKind } from "../../services/destinations/destinationKind.ts";
import { procedure, router, untrusted } from "../trpc.ts";
import { documentProcedures } from "./documentProcedures.ts";

export const destinationsRouter = router({
  ...documentProcedures<DestinationBody, DestinationBodyInput, { kind: DestinationBody["kind"] }>(destinationKind, ({ kind }) => ({ kind })),
  check: procedure.input(untrusted<CheckDestinationInput>()).mutation(({ ctx, input }) => checkDestination({ ctx, input })),
});
