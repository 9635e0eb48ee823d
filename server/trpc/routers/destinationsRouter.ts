import { type CheckDestinationInput, checkDestination } from "../../services/destinations/checkDestination.ts";
import { type CreateDestinationInput, createDestination } from "../../services/destinations/createDestination.ts";
import { getDestination } from "../../services/destinations/getDestination.ts";
import { getDestinationVersion } from "../../services/destinations/getDestinationVersion.ts";
import { listDestinations } from "../../services/destinations/listDestinations.ts";
import { renameDestination } from "../../services/destinations/renameDestination.ts";
import { type SaveDestinationVersionInput, saveDestinationVersion } from "../../services/destinations/saveDestinationVersion.ts";
import type { ByIdInput, ByVersionInput, RenameInput } from "../../services/documents/documentInput.ts";
import { procedure, router, untrusted } from "../trpc.ts";

export const destinationsRouter = router({
  list: procedure.query(({ ctx }) => listDestinations({ ctx })),
  get: procedure.input(untrusted<ByIdInput>()).query(({ ctx, input }) => getDestination({ ctx, input })),
  version: procedure.input(untrusted<ByVersionInput>()).query(({ ctx, input }) => getDestinationVersion({ ctx, input })),
  create: procedure.input(untrusted<CreateDestinationInput>()).mutation(({ ctx, input }) => createDestination({ ctx, input })),
  saveVersion: procedure.input(untrusted<SaveDestinationVersionInput>()).mutation(({ ctx, input }) => saveDestinationVersion({ ctx, input })),
  rename: procedure.input(untrusted<RenameInput>()).mutation(({ ctx, input }) => renameDestination({ ctx, input })),
  check: procedure.input(untrusted<CheckDestinationInput>()).mutation(({ ctx, input }) => checkDestination({ ctx, input })),
});
