import type { Tone } from "#components/ui/StatusChip.tsx";
import type { RolloutCollectorState, RolloutHead, StageView } from "#domain/fleet/rollout/rolloutView.ts";

/** The state of a rollout in a few words. */
export function phaseWords({ phase, pausedAtMs, reason, stages }: Pick<RolloutHead, "phase" | "pausedAtMs" | "reason" | "stages">): {
  tone: Tone;
  word: string;
} {
  if (pausedAtMs !== null) return { tone: "warn", word: reason?.kind === "person" ? "paused" : "paused by itself" };
  switch (phase) {
    case "approval":
      return stages.some(({ state, needsApproval }) => state === "waiting" && needsApproval)
        ? { tone: "warn", word: "waits for approval" }
        : { tone: "busy", word: "about to go on" };
    case "applying":
      return { tone: "busy", word: "applying" };
    case "baking":
      return { tone: "busy", word: "watching" };
    case "rollingBack":
      return { tone: "bad", word: "going back" };
    case "rolledBack":
      return { tone: "bad", word: reason?.kind === "person" ? "rolled back" : "rolled back by itself" };
    case "completed":
      return { tone: "done", word: "completed" };
  }
}

export const STAGE_STATES: Record<StageView["state"], { tone: Tone; word: string }> = {
  ahead: { tone: "neutral", word: "ahead" },
  waiting: { tone: "warn", word: "waits" },
  applying: { tone: "busy", word: "applying" },
  baking: { tone: "busy", word: "watching" },
  passed: { tone: "done", word: "passed" },
  back: { tone: "bad", word: "went back" },
};

export const COLLECTOR_STATES: Record<RolloutCollectorState, { word: string; meaning: string }> = {
  refused: { word: "refused", meaning: "refused the new version, runs what it ran before" },
  wrongHash: { word: "wrong hash", meaning: "says that it runs the new version, with a hash that is not its" },
  away: { word: "away", meaning: "is not connected" },
  reverting: { word: "going back", meaning: "is given what it ran before" },
  reverted: { word: "reverted", meaning: "runs what it ran before" },
  waiting: { word: "waiting", meaning: "is given the new version" },
  changed: { word: "changed", meaning: "runs the new version" },
  unchanged: { word: "unchanged", meaning: "runs what it ran before" },
};

/** `Shop traffic v14 → v15`; where another document ran, only what comes. */
export function changeWords({ document, fromVersion, toVersion }: Pick<RolloutHead, "document" | "fromVersion" | "toVersion">): string {
  return `${document.name} ${fromVersion === null ? "" : `v${fromVersion} → `}v${toVersion}`;
}

/** What runs before and after, for sentences. */
export function versionBefore({ fromVersion }: Pick<RolloutHead, "fromVersion">): string {
  return fromVersion === null ? "what ran before" : `v${fromVersion}`;
}
