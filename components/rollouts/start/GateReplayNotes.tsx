"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ReactNode } from "react";
import { useTRPC } from "#components/data/trpc.ts";
import { formatDate } from "#components/format/formatDuration.ts";
import type { Gate } from "#domain/fleet/rollout/rollout.ts";
import type { RolloutPlan } from "#domain/fleet/rollout/rolloutPlan.ts";
import type { GateReplay } from "#domain/fleet/rollout/rolloutView.ts";

/** The setting of the plan at which each gate stands in the form. */
const FIELDS: Record<Gate, keyof RolloutPlan["gates"]> = {
  p99: "p99RatioMax",
  queue: "queueShareMax",
  memory: "memoryBytesPerMinuteMax",
  dropped: "droppedMax",
  refused: "refusedShareMax",
  keptShare: "keptShareWithinForecast",
};
const NAMED_MAX = 3;

/** How often each gate would have fired in past rollouts with these limits, by its field; asked for while the gates are open. */
export function useGateReplayNotes(
  groupId: string,
  plan: RolloutPlan | null,
  enabled: boolean,
): { notes: ReadonlyMap<string, ReactNode>; reach: string | null } {
  const trpc = useTRPC();
  const gates = plan?.gates;
  const replay = useQuery(
    trpc.rollouts.replayGates.queryOptions(
      { groupId, gates: gates as RolloutPlan["gates"] },
      { enabled: enabled && gates !== undefined, placeholderData: (before) => before, staleTime: 60_000 },
    ),
  ).data;
  if (replay === undefined) return { notes: new Map(), reach: null };
  if (replay.rollouts === 0) return { notes: new Map(), reach: "No earlier rollout has figures to try these limits on." };
  const { rollouts, sinceMs } = replay;
  const notes = new Map<string, ReactNode>(replay.gates.map(({ gate, fired }) => [FIELDS[gate], <Fired key={gate} fired={fired} />]));
  return { notes, reach: `Tried on ${rollouts === 1 ? "one rollout" : `${rollouts} rollouts`}${sinceMs === null ? "" : ` since ${formatDate(sinceMs)}`}.` };
}

function Fired({ fired }: { fired: GateReplay["gates"][number]["fired"] }) {
  if (fired.length === 0) return <span className="text-ink-3">would have fired in none of them</span>;
  return (
    <span className="text-warn">
      would have fired {fired.length === 1 ? "once" : `${fired.length} times`}:{" "}
      {fired.slice(0, NAMED_MAX).map(({ number }, index) => (
        <span key={number}>
          {index > 0 && ", "}
          <Link href={`/rollouts/${number}`} target="_blank" className="underline underline-offset-2">
            rollout {number}
          </Link>
        </span>
      ))}
      {fired.length > NAMED_MAX && ` and ${fired.length - NAMED_MAX} more`}
    </span>
  );
}
