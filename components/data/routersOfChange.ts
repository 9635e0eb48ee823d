import type { LiveEvent } from "#domain/telemetry/live.ts";

type Entity = Extract<LiveEvent, { kind: "changed" }>["entity"];

/** Which routers' answers a change makes old. Anything that changes may show on the Overview, so that one is in each. */
export const ROUTERS_OF_CHANGE: Record<Entity, readonly string[]> = {
  policy: ["policies", "overview"],
  destination: ["destinations", "overview"],
  pipeline: ["pipelines", "overview"],
  revision: ["revisions", "rollouts", "policies", "destinations", "pipelines", "groups", "approvals", "overview"],
  group: ["groups", "fleet", "revisions", "policies", "destinations", "pipelines", "overview"],
  token: ["fleet"],
  approval: ["approvals", "revisions"],
  apiToken: ["apiTokens"],
  collector: ["fleet", "groups", "revisions", "overview"],
  prices: ["prices"],
  webhook: ["webhooks"],
  breakGlass: ["breakGlass"],
  rollout: ["rollouts", "groups", "fleet", "revisions", "overview"],
  changesHold: ["rollouts"],
  person: ["people", "session", "apiTokens"],
  signOn: ["signOn", "session"],
  shadow: ["compare"],
  sampleTraffic: ["overview", "sampleTraffic"],
  // The list itself stays, so that nothing moves under the reader; how many are new is asked.
  audit: ["auditNews"],
};
