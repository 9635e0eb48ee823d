"use client";

import { useCallback, useEffect, useRef, useSyncExternalStore } from "react";
import type { LiveEvent, LiveTopic } from "#domain/telemetry/live.ts";
import { useLiveStore } from "./LiveProvider.tsx";
import { type EventOf, type Heard, type LiveConnection, topicKey } from "./liveStore.ts";

/** The latest event of a topic with the time it came, or undefined until the first; draws anew with each event (1 Hz). `null` watches nothing. */
export function useLiveTopic<T extends LiveTopic>(topic: T | null): Heard<EventOf<T>> | undefined {
  const store = useLiveStore();
  const key = topic === null ? null : topicKey(topic);
  const subscribe = useCallback(
    (changed: () => void) => {
      const watched = key === null ? null : topicOfKey(key);
      if (watched === null) return () => {};
      const release = store.watch(watched);
      const stop = store.onTopic(watched, changed);
      return () => {
        stop();
        release();
      };
    },
    [store, key],
  );
  const read = () => (topic === null ? undefined : (store.latest(topic) as Heard<EventOf<T>> | undefined));
  return useSyncExternalStore(subscribe, read, () => undefined);
}

/** Calls `handler` with every event of the tab's subscription, also those without a topic (`changed`, `configReport`, `health`). */
export function useLiveEvents(handler: (event: LiveEvent) => void): void {
  const store = useLiveStore();
  const current = useRef(handler);
  useEffect(() => {
    current.current = handler;
  });
  useEffect(() => store.onEvent((event) => current.current(event)), [store]);
}

export function useLiveConnection(): LiveConnection {
  const store = useLiveStore();
  return useSyncExternalStore(store.onConnection, store.connection, () => SERVER_SIDE);
}

const SERVER_SIDE: LiveConnection = { state: "connecting", sinceMs: 0, epoch: 0 };

function topicOfKey(key: string): LiveTopic {
  if (key.startsWith("collector:")) return { kind: "collector", id: key.slice("collector:".length) };
  return { kind: key === "fleet" ? "fleet" : "collectors" };
}
