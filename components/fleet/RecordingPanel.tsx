"use client";

import { ButtonLink } from "#components/ui/Button.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import type { CollectorRow } from "#domain/telemetry/live.ts";
import { Fact } from "./Fact.tsx";
import { recordingFacts } from "./recordingFacts.ts";

/** What the collector has recorded for trying policies; nothing where it has not said anything of it lately. */
export function RecordingPanel({ row, nowMs }: { row: CollectorRow; nowMs: number }) {
  const { recording } = row;
  if (recording === null) return null;
  return (
    <Panel title="Recording" aside={<span className="text-s text-ink-3">what policies are tried on</span>}>
      {recording.kind === "off" ? (
        <p className="text-ink-2">Nothing is recorded: it is switched off in its pipeline settings, or its version is too old.</p>
      ) : (
        <>
          {recording.problem !== "" && (
            <Note tone="warn" role="status" className="mb-2">
              <b>Nothing is recorded at this moment.</b> {recording.problem}
            </Note>
          )}
          <dl className={`num grid grid-cols-[110px_minmax(0,1fr)] gap-x-3 gap-y-1.5 ${row.state === "stale" ? "[&_dd]:text-ink-3" : ""}`}>
            {recordingFacts(recording, nowMs).map(({ name, text }) => (
              <Fact key={name} name={name}>
                {text}
              </Fact>
            ))}
          </dl>
          {recording.sinceMs > 0 && (
            <ButtonLink size="small" className="mt-2" href="/compare?over=recording">
              Try a policy on it…
            </ButtonLink>
          )}
        </>
      )}
    </Panel>
  );
}
