"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { useTRPCClient } from "#components/data/trpc.ts";
import type { ProfileRequest } from "#domain/fleet/profileRequest.ts";

export type ProfileRecording =
  | { kind: "idle" }
  | { kind: "recording"; request: ProfileRequest; startedMs: number }
  | { kind: "done"; fileName: string; url: string; bytes: number }
  | { kind: "failed"; message: string };

/** A profile of one collector: recorded, given up, handed to the browser as a file. Whatever is under way ends with the page. */
export function useRecordProfile(id: string) {
  const client = useTRPCClient();
  const [state, setState] = useState<ProfileRecording>({ kind: "idle" });
  const abort = useRef<AbortController | null>(null);
  const url = useRef<string | null>(null);

  const reset = useCallback(() => {
    abort.current?.abort();
    abort.current = null;
    if (url.current !== null) URL.revokeObjectURL(url.current);
    url.current = null;
    setState({ kind: "idle" });
  }, []);
  useEffect(() => reset, [reset]);

  const record = useCallback(
    async (request: ProfileRequest) => {
      reset();
      const own = new AbortController();
      abort.current = own;
      setState({ kind: "recording", request, startedMs: Date.now() });
      try {
        const { fileName, contentBase64, bytes } = await client.fleet.recordProfile.mutate(
          { id, ...request },
          { signal: own.signal, context: { skipBatch: true } },
        );
        if (own.signal.aborted) return;
        url.current = URL.createObjectURL(new Blob([Uint8Array.from(atob(contentBase64), (char) => char.charCodeAt(0))], { type: "application/gzip" }));
        setState({ kind: "done", fileName, url: url.current, bytes });
        download(url.current, fileName);
      } catch (error) {
        if (!own.signal.aborted) setState({ kind: "failed", message: describeError(error).message });
      }
    },
    [client, id, reset],
  );
  return { state, record, reset };
}

function download(url: string, fileName: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
}
