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
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import { RequestTable } from "./RequestTable.tsx";

const SHOWN = [
  { value: "open", label: "Waiting" },
  { value: "closed", label: "Closed" },
] as const;
type Shown = (typeof SHOWN)[number]["value"];

/** What people want applied and another one has to say yes to. `?shown=closed`: what became of earlier ones. */
export function ApprovalsPage() {
  const trpc = useTRPC();
  const [shown, setShown] = useShown();
  const setting = useQuery(trpc.approvals.setting.queryOptions());
  const list = useQuery(trpc.approvals.list.queryOptions({ closed: shown === "closed" }));
  const isOff = setting.data?.groups.every(({ needed }) => !needed) === true;
  return (
    <>
      <PageHead title="Approvals" sub="Where approval is on, what one person asks for is applied once another one has said yes." />
      <Panel
        title="Requests"
        flush
        actions={<Segmented size="small" aria-label="Which requests are listed" value={shown} onValueChange={setShown} options={SHOWN} />}
      >
        <QueryView query={list} what="The list of requests" skeleton={<SkeletonRows rows={3} columns={5} />}>
          {(rows) =>
            rows.length > 0 ? (
              <RequestTable requests={rows} />
            ) : shown === "closed" ? (
              <EmptyState title="No request has been closed yet" actions={<Button onClick={() => setShown("open")}>Show those that wait</Button>}>
                What was applied, rejected, withdrawn or went stale is listed here.
              </EmptyState>
            ) : isOff ? (
              <EmptyState title="Changes need no approval" actions={<ButtonLink href="/settings#approval">Open the setting</ButtonLink>}>
                Whoever may apply a version applies it alone. An admin can turn approval on, everywhere or for single groups.
              </EmptyState>
            ) : (
              <EmptyState title="Nothing waits for approval" actions={<Button onClick={() => setShown("closed")}>Show earlier ones</Button>}>
                A request appears here as soon as somebody asks for one.
              </EmptyState>
            )
          }
        </QueryView>
      </Panel>
    </>
  );
}

function useShown(): readonly [Shown, (shown: Shown) => void] {
  const router = useRouter();
  const pathname = usePathname();
  const shown = useSearchParams().get("shown") === "closed" ? "closed" : "open";
  return [shown, (to) => router.replace(to === "closed" ? `${pathname}?shown=closed` : pathname, { scroll: false })];
}
