"use client";

import { useLiveConnection, useLiveTopic } from "../data/useLive.ts";
import { useNow } from "../data/useNow.ts";
import { formatAge } from "../format/formatDuration.ts";
import { StatusChip } from "../ui/StatusChip.tsx";

const FRESH_MS = 3500;

/** How old what is on the page is: live, stale with its age, or not connected. */
export function LiveChip() {
  const connection = useLiveConnection();
  const heard = useLiveTopic({ kind: "fleet" });
  const now = useNow(1000);
  if (connection.state === "lost") return <StatusChip tone="bad">reconnecting</StatusChip>;
  if (heard === undefined || now === null) return <StatusChip tone="neutral">{connection.state === "live" ? "no data yet" : "connecting"}</StatusChip>;
  const age = now - heard.receivedAtMs;
  if (age > FRESH_MS) return <StatusChip tone="warn">{formatAge(age)} old</StatusChip>;
  return <StatusChip tone="ok">live · 1 s</StatusChip>;
}
