"use client";

import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { useTRPCClient } from "#components/data/trpc.ts";
import { formatMs } from "#components/format/formatDuration.ts";
import { Button } from "#components/ui/Button.tsx";
import { Note } from "#components/ui/Note.tsx";
import type { DestinationInput } from "./destinationTypes.ts";

const LIMIT_S = 15;

/** Asks a connected collector to reach the endpoint as it stands in the form, saved or not. */
export function CheckConnection({ id, body, disabled }: { id: string | undefined; body: DestinationInput; disabled: boolean }) {
  const client = useTRPCClient();
  const abort = useRef<AbortController | null>(null);
  const [seconds, setSeconds] = useState(0);
  const checked = useRef("");
  const key = JSON.stringify(body);
  const check = useMutation({
    mutationFn: (input: { id?: string; body: DestinationInput }) => {
      abort.current = new AbortController();
      return client.destinations.check.mutate(input, { signal: abort.current.signal });
    },
  });
  const cancelled = check.isError && abort.current?.signal.aborted === true;
  useEffect(() => {
    if (!check.isPending) return;
    setSeconds(0);
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, [check.isPending]);
  useEffect(() => () => abort.current?.abort(), []);
  const stale = (check.isSuccess || check.isError) && checked.current !== key;

  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Button
          busy={check.isPending}
          disabled={disabled}
          onClick={() => {
            checked.current = key;
            check.mutate({ ...(id === undefined ? {} : { id }), body });
          }}
        >
          Check connection
        </Button>
        {check.isPending && (
          <>
            <span role="status" className="num text-ink-2">
              a collector is trying, {seconds} of at most {LIMIT_S} s
            </span>
            <Button variant="ghost" size="small" onClick={() => abort.current?.abort()}>
              Cancel
            </Button>
          </>
        )}
        {disabled && <span className="text-s text-ink-3">when the errors above are put right</span>}
      </div>
      <div aria-live="polite" data-check={check.isSuccess ? (check.data.ok ? "ok" : "failed") : check.isError ? "error" : "idle"}>
        {check.isSuccess && (
          <Note tone={check.data.ok ? "ok" : "bad"} className={stale ? "opacity-70" : undefined}>
            <b>{check.data.ok ? "It answers." : "It can't be reached."}</b> {check.data.message}{" "}
            <span className="text-ink-3">
              {check.data.collectorName}, {formatMs(check.data.tookMs)}
              {stale && "; the form has changed since"}
            </span>
          </Note>
        )}
        {check.isError &&
          (cancelled ? <p className="text-ink-3">Cancelled.</p> : <Note tone="bad">The check could not be done. {describeError(check.error).message}</Note>)}
      </div>
    </div>
  );
}
