import { startSampleTraffic } from "../../services/sample-traffic/startSampleTraffic.ts";
import { stopSampleTraffic } from "../../services/sample-traffic/stopSampleTraffic.ts";
import { procedure, router } from "../trpc.ts";

export const sampleTrafficRouter = router({
  start: procedure.mutation(({ ctx }) => startSampleTraffic({ ctx })),
  stop: procedure.mutation(({ ctx }) => stopSampleTraffic({ ctx })),
});
