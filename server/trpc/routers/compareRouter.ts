import { getShadow } from "../../services/compare/getShadow.ts";
import { listShadows } from "../../services/compare/listShadows.ts";
import type { StartShadowInput } from "../../services/compare/shadowInput.ts";
import { startShadow } from "../../services/compare/startShadow.ts";
import { stopShadow } from "../../services/compare/stopShadow.ts";
import type { ByIdInput } from "../../services/documents/documentInput.ts";
import { procedure, router, untrusted } from "../trpc.ts";

export const compareRouter = router({
  list: procedure.query(({ ctx }) => listShadows({ ctx })),
  get: procedure.input(untrusted<ByIdInput>()).query(({ ctx, input }) => getShadow({ ctx, input })),
  start: procedure.input(untrusted<StartShadowInput>()).mutation(({ ctx, input }) => startShadow({ ctx, input })),
  stop: procedure.input(untrusted<ByIdInput>()).mutation(({ ctx, input }) => stopShadow({ ctx, input })),
});
