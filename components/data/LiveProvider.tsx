"use client";

import { createContext, type ReactNode, useContext, useEffect } from "react";
import type { LiveStore } from "./liveStore.ts";

const LiveContext = createContext<LiveStore | null>(null);

export function LiveProvider({ store, children }: { store: LiveStore; children: ReactNode }) {
  useEffect(() => {
    store.start();
    const online = () => store.reconnectNow();
    const seen = () => {
      if (document.visibilityState === "visible") store.reconnectNow();
    };
    window.addEventListener("online", online);
    document.addEventListener("visibilitychange", seen);
    return () => {
      window.removeEventListener("online", online);
      document.removeEventListener("visibilitychange", seen);
      store.close();
    };
  }, [store]);
  return <LiveContext value={store}>{children}</LiveContext>;
}

export function useLiveStore(): LiveStore {
  const store = useContext(LiveContext);
  if (store === null) throw new Error("useLiveStore needs a LiveProvider above it");
  return store;
}
