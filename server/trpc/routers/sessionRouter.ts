import { me } from "../../services/session/me.ts";
import { procedure, router } from "../trpc.ts";

export const sessionRouter = router({ me: procedure.query(({ ctx }) => me({ ctx })) });
