"use client";

import { useEffect, useState } from "react";
import { useLiveTopic } from "#components/data/useLive.ts";
import type { LivePoint } from "#domain/telemetry/live.ts";

/** The fleet's last seconds as they come, the newest last: single seconds jump, and a warning should not. */
export function useRecentPoints(seconds: number): readonly LivePoint[] {
  const newest = useLiveTopic({ kind: "fleet" })?.event.point;
  const [points, setPoints] = useState<readonly LivePoint[]>([]);
  useEffect(() => {
    if (newest === undefined) return;
    setPoints((before) => [...before.filter(({ atMs }) => atMs < newest.atMs && atMs > newest.atMs - seconds * 1000), newest]);
  }, [newest, seconds]);
  return points;
}
