"use client";

import { useQuery } from "@tanstack/react-query";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { Button, ButtonLink } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Segmented } from "#components/ui/Segmented.tsx";
import { Select } from "#components/ui/Select.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import type { RolloutOutcome } from "#domain/fleet/rollout/rolloutView.ts";
import { StopAllButton } from "../hold/StopAllButton.tsx";
import { RolloutTable } from "./RolloutTable.tsx";

const OUTCOMES: readonly { value: RolloutOutcome | "any"; label: string }[] = [
  { value: "any", label: "All" },
  { value: "live", label: "Under way" },
  { value: "completed", label: "Completed" },
  { value: "rolledBack", label: "Rolled back" },
];
const ANY_GROUP = "any";
const LIVE_EVERY_MS = 2_000;
const PAGE_ROWS = 30;

/** All rollouts, those under way first. `?group=`, `?outcome=` and `?before=` say which. */
export function RolloutsPage() {
  const trpc = useTRPC();
  const [filter, setFilter] = useFilter();
  const groups = useQuery(trpc.groups.list.queryOptions({}));
  const list = useQuery(
    trpc.rollouts.list.queryOptions(
      { ...filter, limit: PAGE_ROWS },
      { refetchInterval: ({ state }) => (state.data !== undefined && state.data.live.length > 0 ? LIVE_EVERY_MS : false), placeholderData: (before) => before },
    ),
  );
  const filtered = filter.groupId !== undefined || filter.outcome !== undefined;
  return (
    <>
      <PageHead
        title="Rollouts"
        sub="A change goes to a few collectors first, and to more as long as its gates hold; when one fails, it goes back by itself."
        actions={<StopAllButton />}
      />
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <Segmented
          aria-label="Which rollouts are listed"
          value={filter.outcome ?? "any"}
          onValueChange={(outcome) => setFilter({ ...filter, before: undefined, outcome: outcome === "any" ? undefined : outcome })}
          options={OUTCOMES}
        />
        {(groups.data?.length ?? 0) > 1 && (
          <Select
            aria-label="Group"
            className="w-[190px]"
            value={filter.groupId ?? ANY_GROUP}
            onValueChange={(groupId) => setFilter({ ...filter, before: undefined, groupId: groupId === ANY_GROUP ? undefined : groupId })}
            options={[{ value: ANY_GROUP, label: "All groups" }, ...(groups.data ?? []).map(({ id, name }) => ({ value: id, label: name }))]}
          />
        )}
      </div>
      <QueryView query={list} what="The list of rollouts" skeleton={<SkeletonRows rows={4} columns={6} />}>
        {({ live, ended, more }) => (
          <div className="flex flex-col gap-3">
            {live.length > 0 && (
              <Panel title="Under way" flush aside={<span className="num text-s text-ink-3">{live.length}</span>}>
                <RolloutTable label="Rollouts under way" rollouts={live} />
              </Panel>
            )}
            {ended.length > 0 && (
              <Panel title="Ended" flush>
                <RolloutTable label="Rollouts that ended" rollouts={ended} />
              </Panel>
            )}
            {live.length + ended.length === 0 && <Nothing filtered={filtered || filter.before !== undefined} onAll={() => setFilter({})} />}
            <div className="flex gap-2">
              {filter.before !== undefined && <Button onClick={() => setFilter({ ...filter, before: undefined })}>Newest</Button>}
              {more && <Button onClick={() => setFilter({ ...filter, before: ended.at(-1)?.number })}>Older ones</Button>}
            </div>
          </div>
        )}
      </QueryView>
    </>
  );
}

function Nothing({ filtered, onAll }: { filtered: boolean; onAll: () => void }) {
  return (
    <Panel title="Rollouts" flush>
      {filtered ? (
        <EmptyState title="No rollout is like that" actions={<Button onClick={onAll}>Show all</Button>}>
          There may be some of another group, or with another outcome.
        </EmptyState>
      ) : (
        <EmptyState title="Nothing has been rolled out in stages yet" actions={<ButtonLink href="/sampling">Open the policies</ButtonLink>}>
          Open a version of a policy, of pipeline settings or of a destination, choose Apply, and there <b>Roll out in stages…</b>: one collector tries it
          first, the others follow as long as nothing gets worse.
        </EmptyState>
      )}
    </Panel>
  );
}

type Filter = { groupId?: string; outcome?: RolloutOutcome; before?: number };

function useFilter(): readonly [Filter, (filter: Filter) => void] {
  const router = useRouter();
  const pathname = usePathname();
  const search = useSearchParams();
  const outcome = OUTCOMES.find(({ value }) => value !== "any" && value === search.get("outcome"))?.value;
  const before = Number(search.get("before"));
  const filter: Filter = {
    ...(search.get("group") && { groupId: search.get("group") ?? undefined }),
    ...(outcome !== undefined && outcome !== "any" && { outcome }),
    ...(Number.isInteger(before) && before > 0 && { before }),
  };
  const set = (next: Filter) => {
    const params = new URLSearchParams();
    if (next.groupId !== undefined) params.set("group", next.groupId);
    if (next.outcome !== undefined) params.set("outcome", next.outcome);
    if (next.before !== undefined) params.set("before", String(next.before));
    router.replace(params.size === 0 ? pathname : `${pathname}?${params}`, { scroll: false });
  };
  return [filter, set];
}
