"use client";

import { QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { createApiClient, createQueryClient } from "./createClients.ts";
import { LiveProvider } from "./LiveProvider.tsx";
import { createLiveStore } from "./liveStore.ts";
import { openLiveStream } from "./openLiveStream.ts";
import { TRPCProvider } from "./trpc.ts";

function createData() {
  const client = createApiClient();
  const queries = createQueryClient(
    (owner) => void owner.invalidateQueries({ predicate: ({ queryKey }) => Array.isArray(queryKey[0]) && queryKey[0][0] === "session" }),
  );
  const live = createLiveStore(openLiveStream(client), {
    now: Date.now,
    random: Math.random,
    setTimer: (run, ms) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  });
  return { client, queries, live };
}

/** Everything a page needs to ask the server: queries, mutations, and the tab's one live subscription. */
export function DataProvider({ children }: { children: ReactNode }) {
  const [{ client, queries, live }] = useState(createData);
  return (
    <QueryClientProvider client={queries}>
      <TRPCProvider trpcClient={client} queryClient={queries}>
        <LiveProvider store={live}>{children}</LiveProvider>
      </TRPCProvider>
    </QueryClientProvider>
  );
}
