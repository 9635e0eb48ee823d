import type { Tone } from "#components/ui/StatusChip.tsx";
import type { RequestState } from "#domain/approval/changeRequest.ts";

export const REQUEST_WORDS: Record<RequestState, { tone: Tone; word: string }> = {
  pending: { tone: "busy", word: "waits" },
  applied: { tone: "done", word: "applied" },
  rejected: { tone: "bad", word: "rejected" },
  withdrawn: { tone: "neutral", word: "withdrawn" },
  stale: { tone: "warn", word: "stale" },
  expired: { tone: "neutral", word: "expired" },
};
