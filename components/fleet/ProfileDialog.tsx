"use client";

import { useEffect, useId, useState } from "react";
import { formatBytes } from "#components/format/formatBytes.ts";
import { Button, buttonClass } from "#components/ui/Button.tsx";
import { CodeBlock } from "#components/ui/CodeBlock.tsx";
import { Dialog } from "#components/ui/Dialog.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Segmented } from "#components/ui/Segmented.tsx";
import type { ProfileKind } from "#domain/fleet/profileRequest.ts";
import { type ProfileRecording, useRecordProfile } from "./useRecordProfile.ts";

type ProfileDialogProps = { id: string; name: string; open: boolean; onOpenChange: (open: boolean) => void };

const KINDS = [
  { value: "cpu", label: "CPU time" },
  { value: "heap", label: "Heap" },
] as const;
const WHAT: Record<ProfileKind, string> = {
  cpu: "Which functions its CPU time goes to. The collector works a little slower while it is recorded.",
  heap: "Which functions allocated what it still holds at the end. The buffers that spans lie in are outside of the heap, and not in it.",
};
const LENGTHS = ["5", "10", "30", "60"] as const;

/** Records a CPU or heap profile of a collector and hands it over as a file; closing it gives up what is under way. */
export function ProfileDialog({ id, name, open, onOpenChange }: ProfileDialogProps) {
  const [kind, setKind] = useState<ProfileKind>("cpu");
  const [seconds, setSeconds] = useState<(typeof LENGTHS)[number]>("10");
  const { state, record, reset } = useRecordProfile(id);
  const recording = state.kind === "recording";
  const close = () => {
    reset();
    onOpenChange(false);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? onOpenChange(true) : close())}
      title={`Profile ${name}`}
      description="The file is gzipped pprof, of all threads of the collector."
      footer={
        <>
          <Button onClick={close}>{recording ? "Give up" : "Close"}</Button>
          <Button variant="primary" busy={recording} onClick={() => void record({ kind, seconds: Number(seconds) })}>
            {state.kind === "done" || state.kind === "failed" ? "Record again" : "Record"}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Segmented aria-label="What is recorded" value={kind} onValueChange={setKind} options={KINDS.map((one) => ({ ...one, disabled: recording }))} />
          <Segmented
            aria-label="For how long"
            value={seconds}
            onValueChange={setSeconds}
            options={LENGTHS.map((value) => ({ value, label: `${value} s`, disabled: recording }))}
          />
        </div>
        <p className="text-ink-2">{WHAT[kind]}</p>
        <Outcome state={state} />
      </div>
    </Dialog>
  );
}

function Outcome({ state }: { state: ProfileRecording }) {
  switch (state.kind) {
    case "idle":
      return null;
    case "recording":
      return <Progress seconds={state.request.seconds} startedMs={state.startedMs} />;
    case "failed":
      return (
        <Note tone="bad" role="alert">
          {state.message}
        </Note>
      );
    case "done":
      return (
        <>
          <Note
            tone="ok"
            role="status"
            action={
              <a className={buttonClass("default", "small")} href={state.url} download={state.fileName}>
                Download again
              </a>
            }
          >
            <span className="break-all">{state.fileName}</span> ({formatBytes(state.bytes)}) was handed to your browser. Look into it with Go's pprof, or drop
            it on speedscope.app:
          </Note>
          <CodeBlock text={`go tool pprof -http=: ${state.fileName}`} what="the command" />
        </>
      );
  }
}

function Progress({ seconds, startedMs }: { seconds: number; startedMs: number }) {
  const id = useId();
  const [elapsedMs, setElapsedMs] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setElapsedMs(Date.now() - startedMs), 200);
    return () => clearInterval(timer);
  }, [startedMs]);
  const elapsed = Math.min(seconds, Math.floor(elapsedMs / 1000));
  return (
    <div>
      <p id={id} className="num mb-1">
        {elapsed < seconds ? `Recording: ${elapsed} of ${seconds} s` : "Recorded; the collector is putting it together"}
      </p>
      <div
        role="progressbar"
        aria-labelledby={id}
        aria-valuemin={0}
        aria-valuemax={seconds}
        aria-valuenow={elapsed}
        className="h-[4px] overflow-hidden rounded-full bg-line-strong"
      >
        <div className="h-full bg-accent transition-[width] duration-200" style={{ width: `${Math.min(100, (elapsedMs / seconds) * 0.1)}%` }} />
      </div>
    </div>
  );
}
