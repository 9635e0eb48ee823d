import type { Tone } from "#components/ui/StatusChip.tsx";

const SOON_MS = 7 * 86_400_000;

export type TokenTimes = { expiresAtMs: number; revokedAtMs: number | null };

/** How a token stands, in a word; one that ends within a week is warned of. */
export function apiTokenState({ expiresAtMs, revokedAtMs }: TokenTimes, nowMs: number): { tone: Tone; word: string; ended: boolean } {
  if (revokedAtMs !== null) return { tone: "neutral", word: "revoked", ended: true };
  if (expiresAtMs <= nowMs) return { tone: "neutral", word: "expired", ended: true };
  if (expiresAtMs - nowMs < SOON_MS) return { tone: "warn", word: "expires soon", ended: false };
  return { tone: "ok", word: "valid", ended: false };
}
