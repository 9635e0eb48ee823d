import { apiTokensRouter } from "./routers/apiTokensRouter.ts";
import { approvalsRouter } from "./routers/approvalsRouter.ts";
import { auditNewsRouter, auditRouter } from "./routers/auditRouter.ts";
import { breakGlassRouter } from "./routers/breakGlassRouter.ts";
import { compareRouter } from "./routers/compareRouter.ts";
import { destinationsRouter } from "./routers/destinationsRouter.ts";
import { draftsRouter } from "./routers/draftsRouter.ts";
import { fleetRouter } from "./routers/fleetRouter.ts";
import { groupsRouter } from "./routers/groupsRouter.ts";
import { liveRouter } from "./routers/liveRouter.ts";
import { overviewRouter } from "./routers/overviewRouter.ts";
import { peopleRouter } from "./routers/peopleRouter.ts";
import { pipelinesRouter } from "./routers/pipelinesRouter.ts";
import { policiesRouter } from "./routers/policiesRouter.ts";
import { pricesRouter } from "./routers/pricesRouter.ts";
import { revisionsRouter } from "./routers/revisionsRouter.ts";
import { rolloutsRouter } from "./routers/rolloutsRouter.ts";
import { sampleTrafficRouter } from "./routers/sampleTrafficRouter.ts";
import { sessionRouter } from "./routers/sessionRouter.ts";
import { signOnRouter } from "./routers/signOnRouter.ts";
import { webhooksRouter } from "./routers/webhooksRouter.ts";
import { router } from "./trpc.ts";

export const appRouter = router({
  session: sessionRouter,
  live: liveRouter,
  overview: overviewRouter,
  policies: policiesRouter,
  destinations: destinationsRouter,
  pipelines: pipelinesRouter,
  drafts: draftsRouter,
  revisions: revisionsRouter,
  compare: compareRouter,
  rollouts: rolloutsRouter,
  fleet: fleetRouter,
  groups: groupsRouter,
  prices: pricesRouter,
  sampleTraffic: sampleTrafficRouter,
  people: peopleRouter,
  approvals: approvalsRouter,
  breakGlass: breakGlassRouter,
  webhooks: webhooksRouter,
  apiTokens: apiTokensRouter,
  signOn: signOnRouter,
  audit: auditRouter,
  auditNews: auditNewsRouter,
});

export type AppRouter = typeof appRouter;
