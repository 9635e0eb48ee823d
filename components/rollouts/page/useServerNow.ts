"use client";

import { useEffect, useState } from "react";
import { useNow } from "#components/data/useNow.ts";

/** The server's time as it goes on here: what is computed against its times must not depend on this machine's clock. */
export function useServerNow(serverNowMs: number): number {
  const [ahead, setAhead] = useState(0);
  const nowMs = useNow(1_000);
  useEffect(() => setAhead(serverNowMs - Date.now()), [serverNowMs]);
  return nowMs === null ? serverNowMs : Math.max(serverNowMs, nowMs + ahead);
}
