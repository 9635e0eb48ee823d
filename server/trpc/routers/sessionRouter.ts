import type { ByIdInput } from "../../services/documents/documentInput.ts";
import { endOtherSessions } from "../../services/session/endOtherSessions.ts";
import { endSession } from "../../services/session/endSession.ts";
import { listSessions } from "../../services/session/listSessions.ts";
import { me } from "../../services/session/me.ts";
import { openListeners } from "../../services/session/openListeners.ts";
import { waysIn } from "../../services/session/waysIn.ts";
import { procedure, router, untrusted } from "../trpc.ts";

export const sessionRouter = router({
  me: procedure.query(({ ctx }) => me({ ctx })),
  waysIn: procedure.query(({ ctx }) => waysIn({ ctx })),
  list: procedure.query(({ ctx }) => listSessions({ ctx })),
  end: procedure.input(untrusted<ByIdInput>()).mutation(({ ctx, input }) => endSession({ ctx, input })),
  endOthers: procedure.mutation(({ ctx }) => endOtherSessions({ ctx })),
  openListeners: procedure.query(({ ctx }) => openListeners({ ctx })),
});
