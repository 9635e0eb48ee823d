import type { ByGroupInput, ByRevisionInput, ListRevisionsInput, PreviewInput, StartApplyInput } from "../../services/apply/applyInput.ts";
import { applyStatus } from "../../services/apply/applyStatus.ts";
import { currentRevision } from "../../services/apply/currentRevision.ts";
import { listRevisions } from "../../services/apply/listRevisions.ts";
import { previewApply } from "../../services/apply/previewApply.ts";
import { type RevertInput, revertGroup } from "../../services/apply/revertGroup.ts";
import { startApply } from "../../services/apply/startApply.ts";
import { procedure, router, untrusted } from "../trpc.ts";

export const revisionsRouter = router({
  preview: procedure.input(untrusted<PreviewInput>()).query(({ ctx, input }) => previewApply({ ctx, input })),
  start: procedure.input(untrusted<StartApplyInput>()).mutation(({ ctx, input }) => startApply({ ctx, input })),
  revert: procedure.input(untrusted<RevertInput>()).mutation(({ ctx, input }) => revertGroup({ ctx, input })),
  status: procedure.input(untrusted<ByRevisionInput>()).query(({ ctx, input }) => applyStatus({ ctx, input })),
  current: procedure.input(untrusted<ByGroupInput | undefined>()).query(({ ctx, input }) => currentRevision({ ctx, input })),
  list: procedure.input(untrusted<ListRevisionsInput | undefined>()).query(({ ctx, input }) => listRevisions({ ctx, input })),
});
