import type { Stage } from "#domain/telemetry/stages.ts";

export const STAGE_LABELS: Record<Stage, string> = {
  network: "network",
  queueWait: "queue wait",
  decisionWait: "decision wait",
  processing: "processing",
  serialization: "serialization",
  export: "export",
};

export const STAGE_COLORS: Record<Stage, string> = {
  network: "var(--s1)",
  queueWait: "var(--s2)",
  decisionWait: "var(--s6)",
  processing: "var(--s3)",
  serialization: "var(--s4)",
  export: "var(--s5)",
};
