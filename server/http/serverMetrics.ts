import type { SignInLimiter } from "../auth/signInLimiter.ts";
import type { ExplainRelay } from "../fleet/explainRelay.ts";
import type { FleetServer } from "../fleet/fleetServer.ts";
import type { Slots } from "../services/slots.ts";
import type { LiveHub } from "../telemetry/liveHub.ts";
import { createMetrics, type Metrics } from "./metrics.ts";

type Parts = { hub: LiveHub; fleet: FleetServer; limiter: SignInLimiter; explains: Slots; profiles: Slots; relay: ExplainRelay };

/** What the control plane says about itself: every bound has its counter here. */
export function serverMetrics({ hub, fleet, limiter, explains, profiles, relay }: Parts): Metrics {
  const { counters } = hub;
  return createMetrics({
    collectors() {
      const states = hub.rows().map((row) => row.state);
      return (["online", "stale", "offline"] as const).map((state) => ({ state, count: states.filter((one) => one === state).length }));
    },
    gauges: {
      headgate_database_up: { help: "1 while the database can be reached", read: () => (hub.database.state === "up" ? 1 : 0) },
      headgate_fleet_connections: { help: "Collectors connected to this process", read: () => fleet.connections },
      headgate_live_subscribers: { help: "Tabs that watch", read: () => hub.subscribers },
    },
    counters: {
      headgate_live_frames_dropped_total: { help: "Live events dropped because a tab did not keep up", read: () => counters.framesDropped },
      headgate_live_changes_not_sent_total: {
        help: "Changes of breakers, logs and memory that found no room in a live event",
        read: () => counters.changesNotSent,
      },
      headgate_live_subscribers_refused_total: { help: "Subscriptions refused because there were too many", read: () => counters.subscribersRefused },
      headgate_live_series_refused_total: { help: "Measurements left out because too many collectors are connected", read: () => counters.seriesRefused },
      headgate_measurements_total: { help: "Measurements taken in", read: () => counters.measurements },
      headgate_measurements_ignored_total: { help: "Measurements that were seen before or are too old", read: () => counters.measurementsIgnored },
      headgate_measurements_refused_total: { help: "Measurements that were malformed", read: () => counters.measurementsRefused },
      headgate_fleet_refused_busy_total: { help: "Connects and enrolments turned away for the moment", read: () => fleet.counters.refusedBusy },
      headgate_fleet_refused_full_total: { help: "Connects refused because there were too many streams", read: () => fleet.counters.refusedFull },
      headgate_fleet_malformed_total: { help: "Streams ended because of a malformed message", read: () => fleet.counters.malformed },
      headgate_configs_sent_total: { help: "Configurations sent to collectors", read: () => fleet.counters.configsSent },
      headgate_explains_refused_total: { help: "Look-ups of a trace refused because too many were under way", read: () => explains.refused },
      headgate_profiles_refused_total: { help: "Profiles not asked of a collector because too many were under way", read: () => profiles.refused },
      headgate_relayed_questions_refused_total: {
        help: "Questions of other replicas left unanswered because too many came at once",
        read: () => relay.refused,
      },
      headgate_sign_ins_refused_total: { help: "Tries to sign in refused by the rate limit", read: () => limiter.refused },
    },
  });
}
