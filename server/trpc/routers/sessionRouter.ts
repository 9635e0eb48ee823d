import { me } from "../../services/session/me.ts";
import { openListeners } from "../../services/session/openListeners.ts";
import { procedure, router } from "../trpc.ts";

export const sessionRouter = router({
  me: procedure.query(({ ctx }) => me({ ctx })),
  openListeners: procedure.query(({ ctx }) => openListeners({ ctx })),
});
