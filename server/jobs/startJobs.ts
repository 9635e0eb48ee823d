import { closeEndedRequests } from "../services/approvals/closeEndedRequests.ts";
import { pruneAudit } from "../services/audit/pruneAudit.ts";
import { endOverBreakGlass } from "../services/break-glass/endOverBreakGlass.ts";
import { recordKeepAll } from "../services/break-glass/recordKeepAll.ts";
import { endExpiredOverrides } from "../services/collectors/endExpiredOverrides.ts";
import { endFinishedReplays } from "../services/compare/endFinishedReplays.ts";
import type { ServiceContext } from "../services/context.ts";
import { touchCollectors } from "../services/fleet-channel/touchCollectors.ts";
import { forgetExpired } from "../services/people/forgetExpired.ts";
import { forgetTierWatches } from "../services/policies/forgetTierWatches.ts";
import { recordTierWatches } from "../services/policies/recordTierWatches.ts";
import { forgetRolloutPoints } from "../services/rollouts/forgetRolloutPoints.ts";
import { forgetDeliveries } from "../services/webhooks/forgetDeliveries.ts";
import { sendDue } from "../services/webhooks/sendDue.ts";
import type { LiveHub } from "../telemetry/liveHub.ts";
import { every, type Job } from "./every.ts";
import { createRolloutJob } from "./rolloutJob.ts";

const HEARTBEATS_EVERY_MS = 15_000;
const OVERRIDES_EVERY_MS = 1_000;
/** Collectors tell of them as often. */
const TIER_WATCHES_EVERY_MS = 60_000;
const ROLLOUTS_EVERY_MS = 1_000;
const WEBHOOKS_EVERY_MS = 1_000;
const KEEP_ALL_EVERY_MS = 1_000;
/** Only for collectors that have gone meanwhile: where the last of them has said its last word, it is over at once. */
const REPLAYS_EVERY_MS = 5_000;
const FORGET_EVERY_MS = 3_600_000;

/** What runs by the clock. */
export function startJobs({ ctx, hub, replica, onError }: { ctx: ServiceContext; hub: LiveHub; replica: string; onError: (error: unknown) => void }): Job {
  const written = new Set<string>();
  const heartbeats = every(
    HEARTBEATS_EVERY_MS,
    async () => {
      const everReceived = hub.everReceivedIds().filter((id) => !written.has(id));
      await touchCollectors({ ctx, input: { ids: hub.connectedIds(), replica, everReceived } });
      for (const id of everReceived) written.add(id);
    },
    onError,
  );
  const tierWatches = every(
    TIER_WATCHES_EVERY_MS,
    async () => {
      hub.counters.tierWatchesRefused += await recordTierWatches({ ctx, input: { watches: hub.tierWatches.take() } });
    },
    onError,
  );
  const keepAll = every(
    KEEP_ALL_EVERY_MS,
    async () => {
      if (hub.database.state !== "up") return;
      const reports = hub.keepAll.take();
      await recordKeepAll({ ctx, input: { reports } });
      hub.keepAll.written(reports);
      await endOverBreakGlass({ ctx });
    },
    onError,
  );
  const webhooks = every(
    WEBHOOKS_EVERY_MS,
    async () => {
      if (hub.database.state === "up") await sendDue({ ctx });
    },
    onError,
  );
  const forgetting = every(
    FORGET_EVERY_MS,
    async () => {
      await forgetExpired({ ctx });
      await forgetTierWatches({ ctx });
      await forgetDeliveries({ ctx });
      await forgetRolloutPoints({ ctx });
    },
    onError,
  );
  const pruning = every(FORGET_EVERY_MS, async () => void (await pruneAudit({ ctx })), onError);
  const closing = every(FORGET_EVERY_MS, async () => void (await closeEndedRequests({ ctx })), onError);
  const overrides = every(
    OVERRIDES_EVERY_MS,
    async () => {
      // Without the database there is nothing to look at, and the log need not say so every second.
      if (hub.database.state === "up") await endExpiredOverrides({ ctx });
    },
    onError,
  );
  const replays = every(
    REPLAYS_EVERY_MS,
    async () => {
      if (hub.database.state === "up") await endFinishedReplays({ ctx });
    },
    onError,
  );
  const rollouts = every(ROLLOUTS_EVERY_MS, createRolloutJob({ ctx, hub, replica }), onError);
  return {
    async stop() {
      const jobs = [rollouts, replays, overrides, keepAll, webhooks, heartbeats, tierWatches, forgetting, pruning, closing];
      await Promise.all(jobs.map((job) => job.stop()));
    },
  };
}
