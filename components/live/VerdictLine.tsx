import Link from "next/link";
import type { ReactNode } from "react";
import type { Evidence, Verdict, VerdictPart } from "#domain/telemetry/verdictParts.ts";
import { formatBytes } from "../format/formatBytes.ts";
import { formatAge, formatClock } from "../format/formatDuration.ts";
import { formatCount, formatPercent, formatRate } from "../format/formatNumber.ts";

const EVIDENCE: Record<Evidence, string> = {
  throughput: "/live#outcome",
  outcome: "/live#outcome",
  stages: "/live#stages",
  queue: "/live#queue",
  waiting: "/live#waiting",
  memory: "/live#memory",
  breakers: "/live#breakers",
  log: "/live#log",
  reasons: "/live#reasons",
  collectors: "/fleet",
  configuration: "/fleet",
};

/** The computed sentence; what it claims links to where it can be seen. `search` keeps the scope of the Live page in those links. */
export function VerdictLine({ verdict, search = "" }: { verdict: Verdict; search?: string }) {
  return (
    <p data-slot="verdict" data-level={verdict.level} className="num mt-0.5 mb-4 max-w-[92ch] text-l">
      {verdict.parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence have no identity but their place
        <Part key={index} part={part} search={search} />
      ))}
    </p>
  );
}

function Part({ part, search }: { part: VerdictPart; search: string }): ReactNode {
  if (part.kind === "text") return part.text;
  const shown = wordOf(part);
  if (!("evidence" in part) || part.evidence === undefined) return <b className={part.kind === "strong" ? undefined : "whitespace-nowrap"}>{shown}</b>;
  return (
    <Link
      href={EVIDENCE[part.evidence].replace("#", `${search}#`)}
      className="font-semibold underline decoration-line-strong underline-offset-[3px] hover:decoration-accent"
    >
      {shown}
    </Link>
  );
}

function wordOf(part: Exclude<VerdictPart, { kind: "text" }>): string {
  switch (part.kind) {
    case "strong":
      return part.text;
    case "rate":
      return `${formatRate(part.spansPerS)} spans/s`;
    case "count":
      return formatCount(part.spans);
    case "share":
      return formatPercent(part.share);
    case "bytes":
      return formatBytes(part.bytes);
    case "duration":
      return formatAge(part.ms);
    case "time":
      return formatClock(part.atMs);
  }
}
