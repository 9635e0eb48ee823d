"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { Note } from "#components/ui/Note.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { CompareForm } from "./CompareForm.tsx";
import { CompareView } from "./CompareView.tsx";
import { compareHref } from "./compareHref.ts";
import { RecentComparisons } from "./RecentComparisons.tsx";

const LIVE_MS = 2000;

/** A policy tried on live traffic, beside what runs: `?run=` shows one, else a new one can be begun (`?policy=&version=`, `&draft=1`, `&group=`). */
export function ComparePage() {
  const run = useSearchParams().get("run");
  return run === null ? <NewComparison /> : <OneComparison id={run} />;
}

function NewComparison() {
  const router = useRouter();
  const search = useSearchParams();
  // Whoever may in some group is told by the server where not.
  const mayTry = useMay("editor");
  return (
    <>
      <PageHead title="Compare" sub="Try a policy on live traffic, beside the one that runs. It only counts: nothing of what is sent on changes." />
      {mayTry ? (
        <CompareForm
          key={search.toString()}
          policyId={search.get("policy")}
          version={Number(search.get("version")) || null}
          isDraft={search.get("draft") === "1"}
          groupId={search.get("group")}
          onStarted={(id) => router.push(compareHref({ run: id }))}
        />
      ) : (
        <Note role="status" className="mb-3">
          <b>Read-only.</b> Trying a policy needs the role editor; the comparisons of others are below.
        </Note>
      )}
      <RecentComparisons />
    </>
  );
}

function OneComparison({ id }: { id: string }) {
  const trpc = useTRPC();
  const shadow = useQuery(
    trpc.compare.get.queryOptions({ id }, { refetchInterval: ({ state }) => (state.data === undefined || state.data.state === "running" ? LIVE_MS : false) }),
  );
  return (
    <QueryView query={shadow} what="The comparison" skeleton={<Skeleton className="h-[420px] w-full rounded-panel" />}>
      {(data) => <CompareView shadow={data} />}
    </QueryView>
  );
}
