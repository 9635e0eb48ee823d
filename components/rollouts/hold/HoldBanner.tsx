"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { formatDate } from "#components/format/formatDuration.ts";
import { Banner } from "#components/shell/Banner.tsx";
import { Button } from "#components/ui/Button.tsx";
import { toast } from "#components/ui/toast.ts";

/** A window begins and ends by the clock, of which no event tells. */
const ASK_AGAIN_MS = 30_000;

/** On every page: that no change goes out now, why, and until when; nothing while changes go through. */
export function HoldBanner() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { data } = useQuery(trpc.rollouts.hold.queryOptions(undefined, { refetchInterval: ASK_AGAIN_MS }));
  const release = useMutation(
    trpc.rollouts.release.mutationOptions({
      onSuccess: (held) => {
        queries.setQueryData(trpc.rollouts.hold.queryKey(), held);
        toast.ok("Changes go through again");
      },
      onError: (error) => toast.error(describeError(error).message),
    }),
  );
  if (!data) return null;
  if (data.stopped !== null) {
    const { by, reason, atMs } = data.stopped;
    return (
      <Banner tone="bad">
        <span className="min-w-0 flex-1 basis-[240px]">
          <b>All changes are stopped</b> since {formatDate(atMs)} by {by}: “{reason}”. Nothing is applied, and no stage opens; rollouts still go back by
          themselves.
        </span>
        {data.mayChange && (
          <Button size="small" busy={release.isPending} onClick={() => release.mutate()}>
            Let changes through
          </Button>
        )}
      </Banner>
    );
  }
  if (data.freeze === null) return null;
  return (
    <Banner tone="warn">
      <span>
        <b>Changes are frozen until {formatDate(data.freeze.untilMs)}</b> ({data.freeze.name}). Nothing starts, and no stage opens; what is open is watched, and
        goes back by itself.
      </span>
    </Banner>
  );
}
