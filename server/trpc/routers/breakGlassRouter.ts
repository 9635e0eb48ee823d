import type { ExtendBreakGlassInput, PreviewBreakGlassInput, StartBreakGlassInput } from "../../services/break-glass/breakGlassInput.ts";
import { endBreakGlass } from "../../services/break-glass/endBreakGlass.ts";
import { extendBreakGlass } from "../../services/break-glass/extendBreakGlass.ts";
import { type ListBreakGlassInput, listBreakGlass } from "../../services/break-glass/listBreakGlass.ts";
import { previewBreakGlass } from "../../services/break-glass/previewBreakGlass.ts";
import { startBreakGlass } from "../../services/break-glass/startBreakGlass.ts";
import type { ByIdInput } from "../../services/documents/documentInput.ts";
import { procedure, router, untrusted } from "../trpc.ts";

export const breakGlassRouter = router({
  list: procedure.input(untrusted<ListBreakGlassInput | undefined>()).query(({ ctx, input }) => listBreakGlass({ ctx, input })),
  preview: procedure.input(untrusted<PreviewBreakGlassInput>()).query(({ ctx, input }) => previewBreakGlass({ ctx, input })),
  start: procedure.input(untrusted<StartBreakGlassInput>()).mutation(({ ctx, input }) => startBreakGlass({ ctx, input })),
  extend: procedure.input(untrusted<ExtendBreakGlassInput>()).mutation(({ ctx, input }) => extendBreakGlass({ ctx, input })),
  end: procedure.input(untrusted<ByIdInput>()).mutation(({ ctx, input }) => endBreakGlass({ ctx, input })),
});
