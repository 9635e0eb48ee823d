import type { ApiRoute } from "./apiRoute.ts";
import { auditRoutes } from "./routes/auditRoutes.ts";
import { breakGlassRoutes } from "./routes/breakGlassRoutes.ts";
import { collectorRoutes } from "./routes/collectorRoutes.ts";
import { comparisonRoutes } from "./routes/comparisonRoutes.ts";
import { destinationRoutes } from "./routes/destinationRoutes.ts";
import { groupRoutes } from "./routes/groupRoutes.ts";
import { meRoutes } from "./routes/meRoutes.ts";
import { pipelineRoutes } from "./routes/pipelineRoutes.ts";
import { policyRoutes } from "./routes/policyRoutes.ts";
import { revisionRoutes } from "./routes/revisionRoutes.ts";
import { rolloutRoutes } from "./routes/rolloutRoutes.ts";

/** All of `/api/v1`: the router and the OpenAPI document are made from this table. */
export const API_ROUTES: readonly ApiRoute[] = [
  ...policyRoutes,
  ...pipelineRoutes,
  ...destinationRoutes,
  ...revisionRoutes,
  ...rolloutRoutes,
  ...comparisonRoutes,
  ...groupRoutes,
  ...collectorRoutes,
  ...breakGlassRoutes,
  ...auditRoutes,
  ...meRoutes,
];
