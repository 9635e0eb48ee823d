import { ButtonLink } from "#components/ui/Button.tsx";
import { Note } from "#components/ui/Note.tsx";
import type { CollectorRow } from "#domain/telemetry/live.ts";
import { recordedWords } from "./recordedWords.ts";

type RecordedNoteProps = { rows: readonly CollectorRow[]; pipelineId: string | null; nowMs: number };

/** What the chosen collectors have recorded; where that is nothing, what to do. */
export function RecordedNote({ rows, pipelineId, nowMs }: RecordedNoteProps) {
  const words = recordedWords(rows, nowMs);
  if (words === null) return null;
  if (words.tone === "calm") return <p className="num text-ink-2">{words.text}</p>;
  const href = pipelineId === null ? "/pipeline" : `/pipeline/${pipelineId}`;
  return (
    <Note tone="warn" role="status" action={<ButtonLink href={href}>Open the pipeline settings</ButtonLink>}>
      <span className="num">{words.text}</span>
      {words.tone === "nothing" && " Turn recording on in their pipeline settings; what comes in from then on can be tried."}
    </Note>
  );
}
