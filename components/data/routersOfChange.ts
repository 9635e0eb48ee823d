import type { LiveEvent } from "#domain/telemetry/live.ts";

type Entity = Extract<LiveEvent, { kind: "changed" }>["entity"];

/** Which routers' answers a change makes old. Anything that changes may show on the Overview, so that one is in each. */
export const ROUTERS_OF_CHANGE: Record<Entity, readonly string[]> = {
  policy: ["policies", "overview"],
  destination: ["destinations", "overview"],
  pipeline: ["pipelines", "overview"],
  revision: ["revisions", "policies", "destinations", "pipelines", "overview"],
  token: ["fleet"],
  collector: ["fleet", "revisions", "overview"],
  prices: ["prices"],
  person: ["people", "session"],
  sampleTraffic: ["overview", "sampleTraffic"],
};
