import type { ByRevisionInput, PreviewInput, StartApplyInput } from "../../services/apply/applyInput.ts";
import { applyStatus } from "../../services/apply/applyStatus.ts";
import { currentRevision } from "../../services/apply/currentRevision.ts";
import { listRevisions } from "../../services/apply/listRevisions.ts";
import { previewApply } from "../../services/apply/previewApply.ts";
import { startApply } from "../../services/apply/startApply.ts";
import { procedure, router, untrusted } from "../trpc.ts";

export const revisionsRouter = router({
  preview: procedure.input(untrusted<PreviewInput>()).query(({ ctx, input }) => previewApply({ ctx, input })),
  start: procedure.input(untrusted<StartApplyInput>()).mutation(({ ctx, input }) => startApply({ ctx, input })),
  status: procedure.input(untrusted<ByRevisionInput>()).query(({ ctx, input }) => applyStatus({ ctx, input })),
  current: procedure.query(({ ctx }) => currentRevision({ ctx })),
  list: procedure.query(({ ctx }) => listRevisions({ ctx })),
});
