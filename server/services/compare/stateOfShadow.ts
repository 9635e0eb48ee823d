import type { Shadow } from "../../db/shadowRows.ts";

export function stateOfShadow({ stoppedAtMs, endsAtMs }: Pick<Shadow, "stoppedAtMs" | "endsAtMs">, nowMs: number): "running" | "ended" | "stopped" {
  if (stoppedAtMs !== null) return "stopped";
  return endsAtMs > nowMs ? "running" : "ended";
}
