"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../data/trpc.ts";
import { Banner } from "./Banner.tsx";

/** Says what other machines can reach without encryption; nothing while everything listens on loopback. */
export function ExposureBanner() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.session.openListeners.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }));
  if (data === undefined || data.length === 0) return null;
  return (
    <Banner tone="warn">
      <span>
        <b>Not encrypted.</b> {data.join(" ")}
      </span>
    </Banner>
  );
}
