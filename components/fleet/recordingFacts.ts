import { formatBytes } from "#components/format/formatBytes.ts";
import { formatAge, formatDate } from "#components/format/formatDuration.ts";
import { formatCount, trimZeros } from "#components/format/formatNumber.ts";
import type { RecordingFigures } from "#domain/telemetry/measurement.ts";

/** What a collector says of its recording, line by line. */
export function recordingFacts(recording: RecordingFigures, nowMs: number): { name: string; text: string }[] {
  const { sinceMs, bytes, bytesMax, share, spansRecorded, spansSkipped } = recording;
  return [
    { name: "Reaches back to", text: sinceMs === 0 ? "nothing is recorded yet" : `${formatDate(sinceMs)}, for ${formatAge(nowMs - sinceMs)}` },
    { name: "On disk", text: `${formatBytes(bytes)} of ${formatBytes(bytesMax)}` },
    { name: "Share now", text: shareOfTraces(share) },
    { name: "Recorded", text: `${formatCount(spansRecorded)} spans since it started${spansSkipped === 0 ? "" : ` · ${formatCount(spansSkipped)} skipped`}` },
  ];
}

/** A power of two: `all traces`, `1 in 64 traces (1.56%)`. */
function shareOfTraces(share: number): string {
  if (share >= 1) return "all traces";
  if (share <= 0) return "none";
  const percent = share * 100;
  return `1 in ${formatCount(Math.round(1 / share))} traces (${percent < 0.01 ? "<0.01" : trimZeros(percent.toFixed(percent < 1 ? 2 : 1))}%)`;
}
