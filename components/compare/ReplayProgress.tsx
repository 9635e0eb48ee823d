"use client";

import { formatCompact } from "#components/format/formatNumber.ts";
import { Panel } from "#components/ui/Panel.tsx";
import { ProgressBar } from "#components/ui/ProgressBar.tsx";
import type { ShadowView } from "./compareTypes.ts";
import { progressText } from "./replayWords.ts";
import { StopButton } from "./StopButton.tsx";

/** Bars of single collectors; all of them are in the table below. */
const BARS_MAX = 12;

/** How far the recordings have been read: all together, and in each collector. */
export function ReplayProgress({ id, replay, collectors }: { replay: NonNullable<ShadowView["replay"]> } & Pick<ShadowView, "id" | "collectors">) {
  const reading = collectors.filter(({ state }) => state === "running" || state === "waiting" || state === "ended");
  const shown = reading.slice(0, BARS_MAX);
  const left = reading.length - shown.length;
  return (
    <Panel title="Reading the recordings" className="mb-3" actions={<StopButton id={id} label="Cancel" />}>
      <p className="num mb-1.5">{progressText(replay)}</p>
      <ProgressBar value={replay.progress} label="Read of all recordings" />
      {collectors.length > 1 && (
        <ul className="mt-3 grid grid-cols-[minmax(0,1fr)] gap-x-6 gap-y-1.5 sm:grid-cols-2 xl:grid-cols-3">
          {shown.map(({ id: collectorId, name, reported }) => (
            <li key={collectorId} className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-2">
              <span className="truncate" title={name}>
                {name}
              </span>
              <span className="num text-s text-ink-2">
                {reported?.replay ? `${Math.floor(reported.replay.progress * 100)}% · ${formatCompact(reported.replay.spansPerS)} spans/s` : "waiting"}
              </span>
              <ProgressBar value={reported?.replay?.progress ?? 0} label={`Read at ${name}`} className="col-span-2" />
            </li>
          ))}
        </ul>
      )}
      {left > 0 && <p className="mt-1.5 text-s text-ink-3">and {left} more, in “Tried on”</p>}
    </Panel>
  );
}
