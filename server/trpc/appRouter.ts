import { destinationsRouter } from "./routers/destinationsRouter.ts";
import { fleetRouter } from "./routers/fleetRouter.ts";
import { liveRouter } from "./routers/liveRouter.ts";
import { overviewRouter } from "./routers/overviewRouter.ts";
import { peopleRouter } from "./routers/peopleRouter.ts";
import { pipelinesRouter } from "./routers/pipelinesRouter.ts";
import { policiesRouter } from "./routers/policiesRouter.ts";
import { pricesRouter } from "./routers/pricesRouter.ts";
import { revisionsRouter } from "./routers/revisionsRouter.ts";
import { sampleTrafficRouter } from "./routers/sampleTrafficRouter.ts";
import { sessionRouter } from "./routers/sessionRouter.ts";
import { router } from "./trpc.ts";

export const appRouter = router({
  session: sessionRouter,
  live: liveRouter,
  overview: overviewRouter,
  policies: policiesRouter,
  destinations: destinationsRouter,
  pipelines: pipelinesRouter,
  revisions: revisionsRouter,
  fleet: fleetRouter,
  prices: pricesRouter,
  sampleTraffic: sampleTrafficRouter,
  people: peopleRouter,
});

export type AppRouter = typeof appRouter;
