"use client";

import { useState } from "react";
import { useLiveStore } from "../data/LiveProvider.tsx";
import { useLiveConnection, useLiveEvents } from "../data/useLive.ts";
import { useNow } from "../data/useNow.ts";
import { formatAge, formatClock } from "../format/formatDuration.ts";
import { Button } from "../ui/Button.tsx";
import { Banner } from "./Banner.tsx";

const PATIENCE_MS = 2000;

/** Says what does not work at the moment, what still does, and what will happen; nothing when all is well. */
export function HealthBanner() {
  const connection = useLiveConnection();
  const store = useLiveStore();
  const now = useNow(1000);
  const [databaseDownSince, setDatabaseDownSince] = useState<number | null>(null);
  useLiveEvents((event) => {
    if (event.kind === "health") setDatabaseDownSince(event.database === "down" ? event.sinceMs : null);
  });
  if (now === null) return null;
  if (connection.state === "lost" && now - connection.sinceMs > PATIENCE_MS) {
    return (
      <Banner tone="bad">
        <span>
          <b>No connection to the server</b> for {formatAge(now - connection.sinceMs)}. Collectors go on under their last configuration; what you see here is as
          old as that. Trying again by itself.
        </span>
        <Button size="small" onClick={() => store.reconnectNow()}>
          Try now
        </Button>
      </Banner>
    );
  }
  if (databaseDownSince !== null) {
    return (
      <Banner tone="warn">
        <span>
          <b>The database has not answered since {formatClock(databaseDownSince)}.</b> Collectors go on and live figures stay right; nothing can be saved or
          applied until it is back.
        </span>
      </Banner>
    );
  }
  return null;
}
