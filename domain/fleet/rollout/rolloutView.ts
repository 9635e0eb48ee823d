import type { Baseline, Gate, GateResult, Rollout, RolloutReason, RolloutStep, StageTimes } from "./rollout.ts";
import type { RolloutCells } from "./rolloutCells.ts";
import type { RolloutPlan, StageSize } from "./rolloutPlan.ts";

/**
 * What pages get of rollouts, and the procedures that give it. A page asks `get` each second while a rollout is live, and at once when the live stream says
 * `changed` with the entity `rollout` (its id is the number as a text) or `changesHold`. A rollout is named by its number everywhere: /rollouts/32.
 */
export type RolloutProcedures = {
  /** Live ones first, then those that ended, newest first. `before`: only numbers below it. */
  list: (input: { groupId?: string; outcome?: RolloutOutcome; before?: number; limit?: number }) => RolloutList;
  get: (input: ByNumber) => RolloutView;
  /** Of the group, without those that are overridden; in the order of their names. Of one that has ended those of that moment. */
  collectors: (input: ByNumber) => RolloutCells;
  /** Some of the same, with their names: those that every filter leaves, from a place on, at most 200. `named`: those that the reason is about. */
  collectorPage: (
    input: ByNumber & { search?: string; state?: RolloutCollectorState; stage?: number; named?: boolean; from?: number; limit?: number; order?: string },
  ) => RolloutCollectorPage;
  /** `sinceMs`: only points after it. Before the start there are those that the usual level comes from. */
  chart: (input: ByNumber & { gate: Gate; sinceMs?: number }) => RolloutChart;
  /** What would be done; throws nothing that the page could not show: what keeps it from starting stands in `problems`. */
  preview: (input: RolloutChange & { plan: RolloutPlan; forecast?: KeptShareForecast | null }) => RolloutPreview;
  /** `override`: an admin's reason to start although changes are stopped or frozen. FORBIDDEN where the group needs approval: ask `approvals.ask` with the kind `rollout`. */
  start: (input: RolloutChange & { plan: RolloutPlan; message?: string | null; forecast?: KeptShareForecast | null; override?: string }) => ByNumber;
  approve: (input: ByNumber) => ByNumber;
  pause: (input: ByNumber & { message?: string | null }) => ByNumber;
  resume: (input: ByNumber) => ByNumber;
  promote: (input: ByNumber) => ByNumber;
  abort: (input: ByNumber & { message?: string | null }) => ByNumber;
  /** What holds changes up now; every page asks for it. */
  hold: () => ChangesHold;
  /** Admin: pauses every live rollout, and nothing starts or is applied until `release`. Those that were paused stay so until somebody resumes each. */
  stopAll: (input: { reason: string }) => ChangesHold;
  release: () => ChangesHold;
  /** Admin: replaces the whole list. */
  setFreezeWindows: (input: { windows: FreezeWindow[] }) => ChangesHold;
  /** How these gates would have judged the rollouts of the past whose figures are kept. */
  replayGates: (input: { groupId: string; gates: RolloutPlan["gates"] }) => GateReplay;
};

export type ByNumber = { number: number };
/** What of the group's configuration is replaced by which version. */
export type RolloutChange = { groupId: string; kind: "policy" | "destination" | "pipeline"; id: string; version: number };
export type RolloutOutcome = "live" | "completed" | "rolledBack";

/** Of the share of received spans that is kept. */
export type KeptShareForecast = { low: number; high: number; expected: number };

/** From what to what it goes; `fromVersion` is null where another document runs. */
export type RolloutSubject = {
  group: { id: string; name: string };
  kind: RolloutChange["kind"];
  document: { id: string; name: string };
  fromVersion: number | null;
  toVersion: number;
  fromRevision: number;
  toRevision: number;
};

export type RolloutHead = RolloutSubject & {
  number: number;
  phase: Rollout["phase"];
  /** Why it is paused, goes back or went back. */
  reason: RolloutReason | null;
  pausedAtMs: number | null;
  /** Since when it is in this phase, less the time for which it was paused. */
  sinceMs: number;
  startedAtMs: number;
  endedAtMs: number | null;
  authorName: string;
  /** Who said yes to it, where that was needed. */
  approverName: string | null;
  message: string | null;
  stages: StageView[];
  /** How many run the new configuration, of how many that it is for. */
  changed: number;
  collectors: number;
};

export type RolloutList = { live: RolloutHead[]; ended: RolloutHead[]; more: boolean };

/** In what each gate's figures are. */
export const GATE_UNITS = {
  p99: "seconds",
  queue: "share",
  memory: "bytesPerMinute",
  dropped: "spans",
  refused: "share",
  keptShare: "share",
} as const satisfies Record<Gate, string>;

/** A stage of the track. `back`: it was open when the rollout went back. `waiting`: the stages before have passed, and it waits for a person, a freeze or a pause. */
export type StageView = Partial<StageTimes> & {
  state: "ahead" | "waiting" | "applying" | "baking" | "passed" | "back";
  size: StageSize;
  bakeSeconds: number;
  needsApproval: boolean;
  /** Those that joined with it; null as long as it has not opened. */
  joined: number | null;
};

export type RolloutView = RolloutHead & {
  plan: RolloutPlan;
  /** What it changes, a sentence each. */
  sentences: string[];
  gates: GateView[];
  /** Oldest first; each names a few collectors. */
  log: RolloutLogEntry[];
  /** Of the collectors that the log and the reason name, by their id. */
  names: Record<string, string>;
  /** Spans that changed collectors dropped since the start, and whether that is known of all of the time. */
  lost: { spans: number; complete: boolean; missing: NotMeasured | null };
  forecast: KeptShareForecast | null;
  /** Once it is completed. */
  outcome: RolloutOutcomeFigures | null;
  /** Of a rollout that went back by a gate. */
  evidence: { gate: Gate; atMs: number; collectors: { id: string; name: string }[]; others: number } | null;
  /** Those that refused it, went away or are unstable: what is known of why. */
  failures: RolloutFailure[];
  /** How many more there are. */
  failuresLeftOut: number;
  /** What the caller may do now; a sentence why not, null where they may. */
  may: Record<"approve" | "pause" | "resume" | "promote" | "abort", string | null>;
  /** Why no stage opens although none is to be approved; null where nothing holds it up. */
  heldBy: string | null;
  /** Before the first stage opens, where a gate compares with what was before. */
  baseline: Baseline | null;
  nowMs: number;
};

/** What of the changed collectors' time is not measured: in how many windows, the first and the last of them, and of whom. */
export type NotMeasured = { windows: number; fromMs: number; toMs: number; collectors: { id: string; name: string }[]; others: number };

/** `off`: by the plan, or because there is nothing to hold it against; then `note` says why. */
export type GateView = Omit<GateResult, "state"> & { state: GateResult["state"] | "off"; unit: string; sinceMs: number | null };
export type RolloutLogEntry = { sequence: number; atMs: number; by: string; step: RolloutStep | { kind: "started"; message: string | null } };
export type RolloutFailure = { id: string; name: string; path: string | null; reason: string | null; logLines: string[]; atMs: number | null };

/** `waiting`: it is to run the new configuration and does not yet. `reverted`: it ran it, and runs what it ran before. */
export const ROLLOUT_COLLECTOR_STATES = ["unchanged", "waiting", "changed", "refused", "wrongHash", "away", "reverting", "reverted"] as const;
export type RolloutCollectorState = (typeof ROLLOUT_COLLECTOR_STATES)[number];
/** `total`: of those that the filters leave. */
export type RolloutCollectorPage = { order: string; total: number; items: RolloutCollector[] };
export type RolloutCollector = { id: string; name: string; state: RolloutCollectorState; stage: number | null };

/** One point per window; `low` and `high` are the band within which `changed` would be without the change, where it is known. */
export type RolloutChartPoint = { atMs: number; changed: number | null; control: number | null; low: number | null; high: number | null };
export type RolloutChart = {
  gate: Gate;
  unit: string;
  windowSeconds: number;
  points: RolloutChartPoint[];
  /** When stages opened, and when it went back. */
  marks: { atMs: number; kind: "stage" | "rollingBack"; stage: number }[];
};

/** Null where it is not known. Money in millionths of a dollar per hour, by the price that held when it ended. */
export type RolloutOutcomeFigures = {
  keptShare: { before: number | null; forecast: number | null; came: number | null; error: number | null };
  spansPerS: { before: number | null; came: number | null };
  costMicroUsdPerHour: { before: number | null; came: number | null };
  cpuCores: { before: number | null; came: number | null };
  overMs: number;
};

export type RolloutPreview = {
  /** Why it can't start as it is, each with the path of the input that it is about. */
  problems: { path: string; message: string }[];
  /** What it can do less well than its gates promise. */
  warnings: string[];
  sentences: string[];
  /** How many collectors run the new configuration once each stage is open, of those that are connected now. */
  stageSizes: number[];
  connected: number;
  away: number;
  overridden: number;
  needsApproval: boolean;
  /** The interval after what forecasts were off by before; null without a forecast. */
  forecast: KeptShareForecast | null;
};

/** Weekly: minutes since midnight in `timeZone`, days 1 (Monday) to 7; one that ends before it begins ends on the next day. */
export type FreezeWindow =
  | { kind: "weekly"; name: string; days: number[]; fromMinute: number; toMinute: number; timeZone: string }
  | { kind: "dated"; name: string; fromMs: number; toMs: number };

export type ChangesHold = {
  stopped: { by: string; reason: string; atMs: number } | null;
  /** The window that is on, and until when. */
  freeze: { name: string; untilMs: number } | null;
  windows: FreezeWindow[];
  /** Whether the caller may stop, release and set windows. */
  mayChange: boolean;
};

export type GateReplay = {
  /** Rollouts whose figures are kept, since when, and the time that they cover in all. */
  rollouts: number;
  sinceMs: number | null;
  coveredMs: number;
  gates: { gate: Gate; fired: { number: number; atMs: number }[] }[];
};

/** The track of stages as pages draw it; `joined`: how many joined with each. */
export function stageTrack({ plan, phase, stage: current, times }: Omit<Rollout, "members">, joined: ReadonlyMap<number, number>): StageView[] {
  return plan.stages.map(({ size, bakeSeconds, needsApproval }, index) => ({
    ...times[index],
    state: stageState(phase, current, index, times[index]),
    size,
    bakeSeconds,
    needsApproval,
    joined: index < times.length ? (joined.get(index) ?? 0) : null,
  }));
}

function stageState(phase: Rollout["phase"], current: number, index: number, times: StageTimes | undefined): StageView["state"] {
  if (times && times.passedAtMs !== null) return "passed";
  if (index !== current) return "ahead";
  switch (phase) {
    case "applying":
    case "baking":
      return phase;
    case "approval":
      return "waiting";
    case "rollingBack":
    case "rolledBack":
      return times ? "back" : "ahead";
    case "completed":
      return "passed";
  }
}
