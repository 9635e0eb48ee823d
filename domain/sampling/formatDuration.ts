const UNITS = [
  { name: "h", ms: 3_600_000 },
  { name: "min", ms: 60_000 },
  { name: "s", ms: 1_000 },
  { name: "ms", ms: 1 },
];

/** A measured time as one reads it: `0.4 ms`, `850 ms`, `2.0 s`, `42 s`, `3 min 5 s`, `2 h 0 min`. */
export function formatDuration(ms: number): string {
  if (ms < 9.95) return `${Math.max(0, ms).toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A time that was set, nothing rounded away: `500 ms`, `2.5 s`, `5 min`. */
export function formatSetDuration(ms: number): string {
  const unit = UNITS.find((one) => ms >= one.ms && Number.isInteger((ms / one.ms) * 10)) ?? UNITS[UNITS.length - 1];
  return `${ms / unit.ms} ${unit.name}`;
}
