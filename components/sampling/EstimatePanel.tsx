"use client";

import { Panel } from "#components/ui/Panel.tsx";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";

export function EstimatePanel({ draft }: { draft: SamplingPolicy | null }) {
  return <Panel title="What this would do">{draft?.tiers.length}</Panel>;
}
