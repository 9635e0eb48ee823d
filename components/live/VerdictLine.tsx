import Link from "next/link";
import type { ReactNode } from "react";
import type { Evidence, Verdict, VerdictPart } from "#domain/telemetry/verdict.ts";
import { formatClock } from "../format/formatDuration.ts";
import { formatCount, formatPercent, formatRate } from "../format/formatNumber.ts";

const EVIDENCE: Record<Evidence, string> = {
  throughput: "/live#outcome",
  outcome: "/live#outcome",
  stages: "/live#stages",
  queue: "/live#queue",
  waiting: "/live#waiting",
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
  if (part.kind === "time") return <b>{formatClock(part.atMs)}</b>;
  const shown =
    part.kind === "strong"
      ? part.text
      : part.kind === "share"
        ? formatPercent(part.share)
        : part.kind === "count"
          ? formatCount(part.spans)
          : `${formatRate(part.spansPerS)} spans/s`;
  if (part.evidence === undefined) return <b>{shown}</b>;
  return (
    <Link
      href={EVIDENCE[part.evidence].replace("#", `${search}#`)}
      className="font-semibold underline decoration-line-strong underline-offset-[3px] hover:decoration-accent"
    >
      {shown}
    </Link>
  );
}
