import { firstRun } from "../../services/overview/firstRun.ts";
import { procedure, router } from "../trpc.ts";

export const overviewRouter = router({ firstRun: procedure.query(({ ctx }) => firstRun({ ctx })) });
