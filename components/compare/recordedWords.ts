import type { CollectorRow } from "#domain/telemetry/live.ts";
import { lengthText } from "./replayWords.ts";
import { shareText } from "./shareText.ts";

/** `nothing`: none of them has a recording to try a policy over. */
export type RecordedWords = { tone: "calm" | "warn" | "nothing"; text: string };
type Row = Pick<CollectorRow, "name" | "recording">;

/** What these collectors have recorded by now, as far as they have said; null where none of them has said anything lately. */
export function recordedWords(rows: readonly Row[], nowMs: number): RecordedWords | null {
  const said = rows.filter(({ recording }) => recording !== null);
  if (said.length === 0) return null;
  const on = said.flatMap(({ name, recording }) => (recording?.kind === "on" ? [{ name, ...recording }] : []));
  if (on.length === 0)
    return {
      tone: "nothing",
      text:
        said.length === 1
          ? `${said[0].name} records nothing: recording is turned off there, or it is too old.`
          : "None of them records: recording is turned off there, or they are too old.",
    };
  const begun = on.filter(({ sinceMs }) => sinceMs > 0);
  if (begun.length === 0) {
    const failing = on.find(({ problem }) => problem !== "");
    const why = failing ? `${failing.name} says: ${failing.problem}` : "nothing has come in since the recording was turned on";
    return { tone: "nothing", text: `Nothing is recorded yet: ${why}.` };
  }
  const backs = begun.map(({ sinceMs }) => nowMs - sinceMs);
  const [least, most] = [lengthText(Math.min(...backs)), lengthText(Math.max(...backs))];
  const reach = least === most ? `the last ${most}` : `the last ${least} to ${most}`;
  const shares = begun.map(({ share }) => share);
  const [low, high] = [shareText(Math.min(...shares)), shareText(Math.max(...shares))];
  const share = `${low === high ? high : `${low} to ${high}`} of the traces now`;
  const silent = said.length - begun.length;
  const failing = begun.find(({ problem }) => problem !== "");
  const of = said.length === 1 ? "" : `${begun.length === said.length ? "All" : `${begun.length} of ${said.length}`} have a recording: `;
  const text = `${of === "" ? "Recorded: " : of}${reach}, ${share}.${failing ? ` ${failing.name} records nothing at this moment: ${failing.problem}.` : ""}`;
  return { tone: silent > 0 || failing ? "warn" : "calm", text };
}
