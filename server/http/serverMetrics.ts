import type { FailedSignIns } from "../auth/failedSignIns.ts";
import type { SignInLimiter } from "../auth/signInLimiter.ts";
import type { ExplainRelay } from "../fleet/explainRelay.ts";
import type { FleetServer } from "../fleet/fleetServer.ts";
import type { Ports } from "../services/context.ts";
import type { Slots } from "../services/slots.ts";
import type { LiveHub } from "../telemetry/liveHub.ts";
import { createMetrics, type Metrics } from "./metrics.ts";

type Parts = {
  hub: LiveHub;
  fleet: FleetServer;
  limiter: SignInLimiter;
  tokenLimiter: SignInLimiter;
  failedSignIns: FailedSignIns;
  failedTokens: FailedSignIns;
  explains: Slots;
  profiles: Slots;
  services: Ports["counters"];
  auditExports: Slots;
  signOns: Slots;
  relay: ExplainRelay;
};

/** What the control plane says about itself: every bound has its counter here. */
export function serverMetrics({
  hub,
  fleet,
  limiter,
  tokenLimiter,
  failedSignIns,
  failedTokens,
  explains,
  profiles,
  services,
  auditExports,
  signOns,
  relay,
}: Parts): Metrics {
  const { counters } = hub;
  return createMetrics({
    collectors() {
      const states = hub.rows().map((row) => row.state);
      return (["online", "stale", "offline"] as const).map((state) => ({ state, count: states.filter((one) => one === state).length }));
    },
    gauges: {
      headgate_database_up: { help: "1 while the database can be reached", read: () => (hub.database.state === "up" ? 1 : 0) },
      headgate_fleet_connections: { help: "Collectors connected to this process", read: () => fleet.connections },
      headgate_config_reports_waiting: { help: "Reports of configurations that wait to be written down", read: () => fleet.reports.waiting },
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
      headgate_tier_watches_refused_total: {
        help: "Tiers whose last match could not be kept because there are too many",
        read: () => counters.tierWatchesRefused + hub.tierWatches.refused,
      },
      headgate_fleet_refused_busy_total: { help: "Connects and enrolments turned away for the moment", read: () => fleet.counters.refusedBusy },
      headgate_fleet_refused_full_total: { help: "Connects refused because there were too many streams", read: () => fleet.counters.refusedFull },
      headgate_fleet_malformed_total: { help: "Streams ended because of a malformed message", read: () => fleet.counters.malformed },
      headgate_configs_sent_total: { help: "Configurations sent to collectors", read: () => fleet.counters.configsSent },
      headgate_configs_invalid_total: {
        help: "Times that a stored configuration could not be put together and was not sent",
        read: () => fleet.counters.configsInvalid,
      },
      headgate_config_reports_left_out_total: {
        help: "Reports of configurations that found no room while they waited for the database: the oldest of their collector",
        read: () => fleet.reports.counters.leftOut,
      },
      headgate_config_reports_refused_total: {
        help: "Reports of configurations that the database would not have, and that were left out",
        read: () => fleet.reports.counters.refused,
      },
      headgate_explains_refused_total: { help: "Look-ups of a trace refused because too many were under way", read: () => explains.refused },
      headgate_shadow_reports_refused_total: {
        help: "Reports of policies on trial that could not be understood, or that nobody had asked for",
        read: () => fleet.shadows.refused,
      },
      headgate_profiles_refused_total: { help: "Profiles not asked of a collector because too many were under way", read: () => profiles.refused },
      headgate_rollouts_refused_total: { help: "Rollouts refused because too many were under way", read: () => services.rolloutsRefused },
      headgate_audit_exports_refused_total: { help: "Downloads of the audit refused because too many were under way", read: () => auditExports.refused },
      headgate_relayed_questions_refused_total: {
        help: "Questions of other replicas left unanswered because too many came at once",
        read: () => relay.refused,
      },
      headgate_failed_sign_ins_left_out_total: {
        help: "Failed tries to sign in that were counted in the audit and have no event of their own",
        read: () => failedSignIns.leftOut,
      },
      headgate_sign_ons_refused_total: { help: "Single sign-ons refused because too many were under way", read: () => signOns.refused },
      headgate_refused_tokens_left_out_total: {
        help: "Calls with an API token that was refused that were counted in the audit and have no event of their own",
        read: () => failedTokens.leftOut,
      },
      headgate_token_calls_refused_total: {
        help: "Calls with an API token refused because the address had sent too many that are none",
        read: () => tokenLimiter.refused,
      },
      headgate_sign_ins_refused_total: { help: "Tries to sign in refused by the rate limit", read: () => limiter.refused },
    },
  });
}
