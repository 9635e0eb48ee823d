import type { ServiceContext } from "../services/context.ts";
import { touchCollectors } from "../services/fleet-channel/touchCollectors.ts";
import { forgetExpired } from "../services/people/forgetExpired.ts";
import type { LiveHub } from "../telemetry/liveHub.ts";
import { every, type Job } from "./every.ts";

const HEARTBEATS_EVERY_MS = 15_000;
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
  const forgetting = every(FORGET_EVERY_MS, () => forgetExpired({ ctx }), onError);
  return {
    async stop() {
      await Promise.all([heartbeats.stop(), forgetting.stop()]);
    },
  };
}
