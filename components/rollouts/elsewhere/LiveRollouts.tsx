"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/data/trpc.ts";
import { ButtonLink } from "#components/ui/Button.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { RolloutTable } from "../list/RolloutTable.tsx";

const ASK_AGAIN_MS = 2_000;
const SHOWN_MAX = 5;

/** The rollouts that are under way, of a group where one is given; nothing while there is none. */
export function LiveRollouts({ groupId, className }: { groupId?: string; className?: string }) {
  const trpc = useTRPC();
  const { data } = useQuery(
    trpc.rollouts.list.queryOptions(
      { outcome: "live", ...(groupId !== undefined && { groupId }) },
      { refetchInterval: ({ state }) => (state.data !== undefined && state.data.live.length > 0 ? ASK_AGAIN_MS : false) },
    ),
  );
  if (data === undefined || data.live.length === 0) return null;
  const more = data.live.length - SHOWN_MAX;
  return (
    <Panel
      title={data.live.length === 1 ? "A rollout is under way" : `${data.live.length} rollouts are under way`}
      flush
      className={className}
      actions={
        more > 0 && (
          <ButtonLink size="small" href="/rollouts?outcome=live">
            {more} more
          </ButtonLink>
        )
      }
    >
      <RolloutTable label="Rollouts under way" rollouts={data.live.slice(0, SHOWN_MAX)} />
    </Panel>
  );
}
