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
/** What reads a recording is done in seconds, and says each second how far it is. */
const REPLAY_MS = 1000;
const LAST_WORDS_MS = 5000;

/** A policy tried beside what runs, on live traffic or over the last hours: `?run=` shows one, else a new one can be begun (`?policy=&version=`, `&draft=1`, `&group=`, `&over=recording`). */
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
      <PageHead
        title="Compare"
        sub="Try a policy on live traffic or on the last hours, beside the one that runs. It only counts: nothing of what is sent on changes."
      />
      {mayTry ? (
        <CompareForm
          key={search.toString()}
          policyId={search.get("policy")}
          version={Number(search.get("version")) || null}
          isDraft={search.get("draft") === "1"}
          groupId={search.get("group")}
          over={search.get("over") === "recording" ? "recording" : "live"}
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
    trpc.compare.get.queryOptions(
      { id },
      {
        refetchInterval({ state: { data } }) {
          if (data === undefined) return LIVE_MS;
          if (data.kind === "live") return data.state === "running" ? LIVE_MS : false;
          // The last words of those that were told to stop come a moment after.
          const isSettled = data.state !== "running" && data.nowMs - (data.stoppedAtMs ?? data.endsAtMs) > LAST_WORDS_MS;
          return isSettled ? false : REPLAY_MS;
        },
      },
    ),
  );
  return (
    <QueryView query={shadow} what="The comparison" skeleton={<Skeleton className="h-[420px] w-full rounded-panel" />}>
      {(data) => <CompareView shadow={data} />}
    </QueryView>
  );
}
