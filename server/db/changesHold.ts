import { freezeAt, freezeWindowsSchema } from "#domain/fleet/rollout/freezeWindows.ts";
import type { FreezeWindow } from "#domain/fleet/rollout/rolloutView.ts";
import type { Transaction } from "./database.ts";

export const CHANGES_HOLD_KEY = "changesHold";

export type HoldSetting = { stopped: { by: string; reason: string; atMs: number } | null; windows: FreezeWindow[] };

/** Whether an admin has stopped all changes, and when they are frozen. Nothing holds them up until somebody says so. */
export async function readHold(tx: Transaction): Promise<HoldSetting> {
  const row = await tx.setting.findUnique({ where: { key: CHANGES_HOLD_KEY } });
  const { stopped, windows } = Object(row?.value) as { stopped?: unknown; windows?: unknown };
  const { by, reason, atMs } = Object(stopped) as Record<string, unknown>;
  const parsed = freezeWindowsSchema.safeParse(windows ?? []);
  return {
    stopped: typeof by === "string" && typeof reason === "string" && typeof atMs === "number" ? { by, reason, atMs } : null,
    windows: parsed.success ? parsed.data : [],
  };
}

export async function writeHold(tx: Transaction, value: HoldSetting, updatedBy: string): Promise<void> {
  const content = { value, updatedBy };
  await tx.setting.upsert({ where: { key: CHANGES_HOLD_KEY }, create: { key: CHANGES_HOLD_KEY, ...content }, update: content });
}

/** What holds changes up now, as a sentence; null when nothing does. */
export async function holdReason(tx: Transaction, nowMs: number): Promise<string | null> {
  const { stopped, windows } = await readHold(tx);
  if (stopped) return `${stopped.by} has stopped all changes: ${stopped.reason}`;
  const freeze = freezeAt(windows, nowMs);
  return freeze && `changes are frozen until ${new Date(freeze.untilMs).toISOString()}: ${freeze.name}`;
}
