/**
 * Figures that the library of operations cases prints for itself: its cases 1, 2, 3, 6 and 7, section "result"; of case 3 the shares of the profile are
 * from its section "evidence", and there are none after the cure. They are shown beside what is measured here and decide nothing.
 * Absent: the case prints no such figure.
 */
export type Stated = { before: number; after?: number };

export const STATED = {
  highLatency: {
    latencyP99Ms: { before: 500, after: 45 },
    latencyP50Ms: { before: 80, after: 15 },
    throughputPerSecond: { before: 10_000, after: 50_000 },
    cpuPercent: { before: 85, after: 45 },
    errorPercent: { before: 5, after: 0.1 },
  },
  memoryLeak: {
    memoryAfterDayMb: { before: 8_000, after: 600 },
    killsPerDay: { before: 1.5, after: 0 },
    dataLossPercent: { before: 5, after: 0 },
  },
  cpuHotspot: {
    cpuPercent: { before: 95, after: 35 },
    throughputPerSecond: { before: 20_000, after: 60_000 },
    latencyP99Ms: { before: 200, after: 50 },
    threads: { before: 500, after: 8 },
    jsonPercent: { before: 40 },
    regexPercent: { before: 25 },
  },
  adaptiveBatching: {
    throughputPerSecond: { before: 30_000, after: 120_000 },
    latencyP99Ms: { before: 150, after: 80 },
    dataLossPercent: { before: 8, after: 0.1 },
  },
  cascadingFailure: {
    repairMinutes: { before: 45, after: 5 },
    availabilityPercent: { before: 99.5, after: 99.95 },
  },
} satisfies Record<string, Record<string, Stated>>;
