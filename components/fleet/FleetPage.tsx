"use client";

import { useMemo, useRef, useState } from "react";
import { QueryView } from "#components/data/QueryView.tsx";
import { useLiveConnection } from "#components/data/useLive.ts";
import { useMay } from "#components/data/useMe.ts";
import { formatAge } from "#components/format/formatDuration.ts";
import { Button, ButtonLink } from "#components/ui/Button.tsx";
import { Chip } from "#components/ui/Chip.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { ListFilter } from "#components/ui/ListFilter.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import { useListFilter } from "#components/ui/useListFilter.ts";
import type { CollectorRow } from "#domain/telemetry/live.ts";
import { deliveryTrouble } from "./deliveryTrouble.ts";
import { FleetTable } from "./FleetTable.tsx";
import { heldOrder, matchesFilter, type Sort, sortedIds } from "./fleetRows.ts";
import { useFleetRows } from "./useFleetRows.ts";
import { useNow } from "./useNow.ts";

/** Every collector, live. `?q=` is the filter. */
export function FleetPage() {
  const { list, rows } = useFleetRows();
  const mayAdmin = useMay("admin");
  return (
    <>
      <PageHead
        title="Fleet"
        sub={rows && rows.length > 0 ? summary(rows) : undefined}
        actions={
          <ButtonLink href="/fleet/tokens" variant={mayAdmin ? "primary" : "default"}>
            {mayAdmin ? "Add a collector" : "Enrolment tokens"}
          </ButtonLink>
        }
      />
      {rows ? (
        <Collectors rows={rows} />
      ) : (
        <Panel title="Collectors" flush>
          <QueryView query={list} what="The list of collectors" skeleton={<SkeletonRows rows={6} columns={8} />}>
            {() => null}
          </QueryView>
        </Panel>
      )}
    </>
  );
}

function Collectors({ rows }: { rows: readonly CollectorRow[] }) {
  const nowMs = useNow();
  const connection = useLiveConnection();
  const [filter, setFilter] = useListFilter();
  const [sort, setSort] = useState<Sort & { turn: number }>({ key: "name", descending: false, turn: 0 });
  const order = useOrder(rows, sort);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const shown = order.flatMap((id) => {
    const row = byId.get(id);
    return row && matchesFilter(row, filter) ? [row] : [];
  });
  return (
    <Panel
      title="Collectors"
      flush
      aside={
        <>
          <Chip outline>{filter === "" ? rows.length : `${shown.length} of ${rows.length}`}</Chip>
          {connection.state === "lost" && <span className="text-s text-warn">▲ as of {formatAge(nowMs - connection.sinceMs)} ago</span>}
        </>
      }
      actions={
        <>
          {sort.key !== "name" && (
            <Button
              size="small"
              variant="ghost"
              onClick={() => setSort({ ...sort, turn: sort.turn + 1 })}
              title="Figures move on; the order stays until you ask"
            >
              Sort again
            </Button>
          )}
          <ListFilter label="Filter collectors" placeholder="Filter by label, name, state" value={filter} onChange={setFilter} />
        </>
      }
    >
      {rows.length === 0 ? (
        <EmptyState title="No collector has enrolled yet" actions={<ButtonLink href="/fleet/tokens">Create an enrolment token</ButtonLink>}>
          A collector enrols with a token, then appears here by itself. npm start brings one of its own.
        </EmptyState>
      ) : shown.length === 0 ? (
        <EmptyState title="No collector matches the filter" actions={<Button onClick={() => setFilter("")}>Clear the filter</Button>}>
          {rows.length} {rows.length === 1 ? "is" : "are"} there. Words are looked for in name, labels (env=prod), group, version and state.
        </EmptyState>
      ) : (
        <div className={connection.state === "lost" ? "[&_td]:text-ink-3" : undefined}>
          <FleetTable rows={shown} sort={sort} onSort={(next) => setSort({ ...next, turn: sort.turn + 1 })} nowMs={nowMs} />
        </div>
      )}
    </Panel>
  );
}

/** The order that was asked for, held while figures move; asked for anew when `turn` counts up. */
function useOrder(rows: readonly CollectorRow[], sort: Sort & { turn: number }): string[] {
  const held = useRef<string[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows change each second, and the order must not
  const sorted = useMemo(() => sortedIds(rows, sort), [sort]);
  const base = useRef(sorted);
  if (base.current !== sorted || held.current.length === 0) {
    base.current = sorted;
    held.current = sorted;
  }
  held.current = heldOrder(held.current, rows);
  return held.current;
}

function summary(rows: readonly CollectorRow[]): string {
  const count = (state: CollectorRow["state"]) => rows.filter((row) => row.state === state).length;
  const parts = [`${count("online")} online`];
  if (count("stale") > 0) parts.push(`${count("stale")} stale`);
  if (count("offline") > 0) parts.push(`${count("offline")} offline`);
  const troubled = rows.filter((row) => deliveryTrouble(row) !== null).length;
  if (troubled > 0) parts.push(`${troubled} in trouble with delivery`);
  const away = rows.filter((row) => row.configState === "behind" || row.configState === "failed").length;
  parts.push(away === 0 ? "all in sync" : `${away} not on what they shall run`);
  return parts.join(" · ");
}
