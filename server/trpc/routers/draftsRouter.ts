import { discardDraft } from "../../services/drafts/discardDraft.ts";
import type { DraftPlaceInput, SaveDraftInput } from "../../services/drafts/draftInput.ts";
import { getDraft } from "../../services/drafts/getDraft.ts";
import { listDrafts } from "../../services/drafts/listDrafts.ts";
import { saveDraft } from "../../services/drafts/saveDraft.ts";
import { procedure, router, untrusted } from "../trpc.ts";

export const draftsRouter = router({
  list: procedure.query(({ ctx }) => listDrafts({ ctx })),
  get: procedure.input(untrusted<DraftPlaceInput>()).query(({ ctx, input }) => getDraft({ ctx, input })),
  save: procedure.input(untrusted<SaveDraftInput>()).mutation(({ ctx, input }) => saveDraft({ ctx, input })),
  discard: procedure.input(untrusted<DraftPlaceInput>()).mutation(({ ctx, input }) => discardDraft({ ctx, input })),
});
