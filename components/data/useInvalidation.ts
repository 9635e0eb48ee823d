"use client";

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { ROUTERS_OF_CHANGE } from "./routersOfChange.ts";
import { useLiveConnection, useLiveEvents } from "./useLive.ts";

/** Asks anew for what somebody changed, here or elsewhere; after a lost connection for everything on screen, since changes may have been missed. */
export function useInvalidation(): void {
  const queries = useQueryClient();
  const { epoch, state } = useLiveConnection();
  useLiveEvents((event) => {
    if (event.kind === "changed") invalidate(queries, ROUTERS_OF_CHANGE[event.entity]);
    if (event.kind === "configReport" && event.state !== "applying") invalidate(queries, ["revisions", "fleet"]);
  });
  useEffect(() => {
    // The stream ends with the session: ask at once whether there still is one.
    if (state === "lost") invalidate(queries, ["session"]);
  }, [state, queries]);
  useEffect(() => {
    if (epoch > 0) void queries.invalidateQueries();
  }, [queries, epoch]);
}

function invalidate(queries: QueryClient, routers: readonly string[]): void {
  // tRPC's query keys begin with the procedure's path: [["policies", "list"], …].
  void queries.invalidateQueries({ predicate: ({ queryKey }) => Array.isArray(queryKey[0]) && routers.includes(String(queryKey[0][0])) });
}
