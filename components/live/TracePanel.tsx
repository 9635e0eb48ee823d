"use client";

import { ChartPanel } from "../charts/ChartPanel.tsx";
import { DECISION_WAIT_PANEL, DECISIONS_PANEL, HELD_PANEL, WAITING_PANEL } from "./tracePanels.ts";

const PANELS = { waiting: WAITING_PANEL, held: HELD_PANEL, decisions: DECISIONS_PANEL, "decision-wait": DECISION_WAIT_PANEL };

/** The panels about whole traces; the page gives them their places, and loads them when some collector decides whole traces. */
export function TracePanel({ which, stale }: { which: keyof typeof PANELS; stale: boolean }) {
  return <ChartPanel spec={PANELS[which]} stale={stale} />;
}
