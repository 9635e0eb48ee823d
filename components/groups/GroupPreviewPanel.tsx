"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { describeError } from "#components/data/describeError.ts";
import { formatCount } from "#components/format/formatNumber.ts";
import { ErrorState } from "#components/ui/ErrorState.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { type RunningVersion, VersionLink } from "./RunningVersions.tsx";
import type { useGroupPreview } from "./useGroupPreview.ts";

type Moving = { id: string; name: string; group: { id: string; name: string }; overridden: boolean };
type WouldRun = { revision: number; documents: readonly RunningVersion[] } | null;

/** Which collectors a group would have, gain and lose, and what each would then run, before anything is saved. */
export function GroupPreviewPanel({ state: { preview, data, isOld } }: { state: ReturnType<typeof useGroupPreview> }) {
  return (
    <Panel title="What it would select" aside={isOld && data !== null && <span className="text-s text-ink-3">as of the last selector that could be read</span>}>
      {data === null ? (
        preview.isError ? (
          <ErrorState title="The collectors could not be looked at" detail={describeError(preview.error).message} onRetry={() => void preview.refetch()} />
        ) : preview.isFetching ? (
          <Skeleton className="h-[120px] w-full" />
        ) : (
          <p className="text-ink-2">Type a selector to see whom it matches.</p>
        )
      ) : (
        <div data-preview={isOld ? "old" : "current"} className={isOld ? "flex flex-col gap-3 opacity-60" : "flex flex-col gap-3"}>
          <p>
            It matches <b>{formatCount(data.matched)}</b> of {formatCount(data.total)} {data.total === 1 ? "collector" : "collectors"};{" "}
            <b>{formatCount(data.members)}</b> would be in the group.
          </p>
          <Moves title="Enter" all={data.enter} word="from">
            They would run <Runs runs={data.runs} />.
          </Moves>
          <Moves title="Leave" all={data.leave} word="to">
            {data.leave.runs.map(({ group, runs }, index) => (
              <span key={group}>
                {index > 0 && " "}
                In {group} they would run <Runs runs={runs} />.
              </span>
            ))}
          </Moves>
          <Moves title="Matched, but another group has them" all={data.elsewhere} word="in">
            That group has a higher priority, or the same and is older.
          </Moves>
        </div>
      )}
    </Panel>
  );
}

function Moves({ title, all, word, children }: { title: string; all: { count: number; named: readonly Moving[] }; word: string; children: ReactNode }) {
  if (all.count === 0) return null;
  return (
    <section aria-label={title}>
      <h3 className="font-[550]">
        {title} <span className="num text-ink-3">{formatCount(all.count)}</span>
      </h3>
      <p className="mb-1 text-ink-2">{children}</p>
      <ul className="max-h-[180px] overflow-y-auto rounded-control border border-line">
        {all.named.map((collector) => (
          <li key={collector.id} className="flex flex-wrap gap-x-2 border-b border-line px-2.5 py-1 last:border-b-0">
            <Link href={`/fleet/${collector.id}`} className="font-medium break-all hover:underline">
              {collector.name}
            </Link>
            <span className="text-ink-3">
              {word} {collector.group.name}
              {collector.overridden && "; overridden, so at its end"}
            </span>
          </li>
        ))}
      </ul>
      {all.count > all.named.length && <p className="mt-1 text-s text-ink-3">and {formatCount(all.count - all.named.length)} more</p>}
    </section>
  );
}

function Runs({ runs }: { runs: WouldRun }) {
  if (runs === null) return <>nothing yet</>;
  return (
    <>
      {runs.documents.map((document, index) => (
        <span key={document.kind}>
          {index > 0 && ", "}
          <VersionLink document={document} />
        </span>
      ))}{" "}
      <span className="text-ink-3">(revision {runs.revision})</span>
    </>
  );
}
