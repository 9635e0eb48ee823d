"use client";

import { useEffect, useState } from "react";
import type { LiveTopic } from "#domain/telemetry/live.ts";
import { useLiveStore } from "../data/LiveProvider.tsx";

const STALE_MS = 5000;

/** The time of the last event once it is older than five seconds, else null; changes only when that does. */
export function useStale(topic: LiveTopic): number | null {
  const live = useLiveStore();
  const [staleSince, setStaleSince] = useState<number | null>(null);
  useEffect(() => {
    const look = () => {
      const heard = live.latest(topic);
      setStaleSince(heard !== undefined && Date.now() - heard.receivedAtMs > STALE_MS ? heard.receivedAtMs : null);
    };
    const timer = setInterval(look, 1000);
    return () => clearInterval(timer);
  }, [live, topic]);
  return staleSince;
}
