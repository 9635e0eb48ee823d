"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import type { BreakGlassView } from "#domain/fleet/breakGlass.ts";
import { describeError } from "../data/describeError.ts";
import { useTRPC } from "../data/trpc.ts";
import { useNow } from "../data/useNow.ts";
import { formatClock } from "../format/formatDuration.ts";
import { Banner } from "../shell/Banner.tsx";
import { Button } from "../ui/Button.tsx";
import { ConfirmDialog } from "../ui/ConfirmDialog.tsx";
import { Note } from "../ui/Note.tsx";
import { toast } from "../ui/toast.ts";
import { countdown, keptInWords } from "./breakGlassWords.ts";

const ASK_EVERY_MS = 3_000;
const SHOWN_MAX = 2;

/** On every page while something is kept in full: what, until when, by whom, what it came to so far; nothing otherwise. */
export function BreakGlassBanner() {
  const trpc = useTRPC();
  const { data, dataUpdatedAt } = useQuery(
    trpc.breakGlass.list.queryOptions(undefined, { refetchInterval: ({ state }) => (state.data && state.data.live.length > 0 ? ASK_EVERY_MS : false) }),
  );
  const clock = useNow(1000);
  if (data === undefined || clock === null) return null;
  // What is left is counted by the server's clock: the browser's may be another.
  const now = clock + data.nowMs - dataUpdatedAt;
  const live = data.live.filter(({ endsAtMs }) => endsAtMs > now);
  return (
    <>
      {live.slice(0, SHOWN_MAX).map((one) => (
        <One key={one.id} one={one} now={now} mayAct={data.mayBreakGlass} />
      ))}
      {live.length > SHOWN_MAX && (
        <Banner tone="warn">
          <Link href="/break-glass" className="underline">
            {live.length - SHOWN_MAX} more are kept in full
          </Link>
        </Banner>
      )}
    </>
  );
}

function One({ one, now, mayAct }: { one: BreakGlassView; now: number; mayAct: boolean }) {
  const trpc = useTRPC();
  const [ending, setEnding] = useState(false);
  const failed = (error: unknown) => toast.error(describeError(error).message);
  const extend = useMutation(
    trpc.breakGlass.extend.mutationOptions({ onSuccess: ({ endsAtMs }) => toast.ok(`It lasts until ${formatClock(endsAtMs)} now.`), onError: failed }),
  );
  const { active, selected, problems } = one.collectors;
  return (
    <Banner tone="warn">
      <span data-break-glass={one.id} className="min-w-0 flex-1 basis-[260px]">
        <b>
          <Link href="/break-glass" className="hover:underline">
            Break glass: {one.what} is kept in full
          </Link>
        </b>{" "}
        for another <span className="num font-[550]">{countdown(one.endsAtMs - now)}</span>, until {formatClock(one.endsAtMs)}. By {one.byName}: {one.reason}.{" "}
        <span className="text-ink-2">
          So far {keptInWords(one)}
          {active < selected && `; it holds on ${active} of ${selected} collectors`}
          {problems.length > 0 && ` (${problems[0].collector}: ${problems[0].problem})`}.
        </span>
      </span>
      {mayAct && (
        <>
          <Button size="small" busy={extend.isPending} onClick={() => extend.mutate({ id: one.id, minutes: 30 })}>
            30 more minutes
          </Button>
          <Button size="small" variant="danger" onClick={() => setEnding(true)}>
            End now
          </Button>
        </>
      )}
      {ending && <EndDialog one={one} onClose={() => setEnding(false)} />}
    </Banner>
  );
}

function EndDialog({ one, onClose }: { one: BreakGlassView; onClose: () => void }) {
  const trpc = useTRPC();
  const end = useMutation(
    trpc.breakGlass.end.mutationOptions({
      onSuccess: () => {
        toast.ok("Ended. The policies decide again.");
        onClose();
      },
    }),
  );
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`End keeping ${one.what} in full?`}
      description="The policies decide again at once. Traces that came until now are kept."
      confirmLabel="End now"
      busy={end.isPending}
      onConfirm={() => end.mutate({ id: one.id })}
    >
      {end.isError && (
        <Note tone="bad" role="alert">
          It goes on. {describeError(end.error).message}
        </Note>
      )}
    </ConfirmDialog>
  );
}
