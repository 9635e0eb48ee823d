"use client";

import Link from "next/link";
import { explainSentence } from "#domain/sampling/explainSentence.ts";
import type { Explanation } from "#domain/sampling/explanation.ts";
import { formatClock } from "../../format/formatDuration.ts";
import { StatusChip } from "../../ui/StatusChip.tsx";
import type { Explained } from "./arrangeAnswers.ts";
import { DecidedFacts } from "./DecidedFacts.tsx";
import { explanationLook } from "./explanationLook.ts";

/** One collector's account: the sentence, what it rests on, and the way the trace took. */
export function CollectorAnswer({ answer }: { answer: Explained }) {
  const { explanation, collectorId, collectorName } = answer;
  const { tone, word } = explanationLook(explanation);
  const { headline, details } = explainSentence(withoutMatches(explanation), (atMs) => formatClock(atMs, true));
  return (
    <article data-explanation={explanation.kind} data-collector={collectorName} className="border-t border-line px-3 pt-3 pb-4">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <StatusChip tone={tone}>{word}</StatusChip>
        <Link href={`/fleet/${collectorId}`} className="text-s text-ink-2 hover:underline">
          {collectorName}
        </Link>
      </div>
      <p role="status" className="mt-1.5 max-w-[92ch] text-l">
        {headline}
      </p>
      {details.length > 0 && (
        <ul className="num mt-1 flex max-w-[92ch] flex-col gap-0.5 text-ink-2">
          {details.map((detail) => (
            <li key={detail}>{detail}</li>
          ))}
        </ul>
      )}
      {explanation.kind === "decided" && <DecidedFacts explanation={explanation} />}
    </article>
  );
}

/** What matched stands beside, each span in its own line; the sentences need not tell it again. */
function withoutMatches(explanation: Explanation): Explanation {
  if (explanation.kind !== "decided") return explanation;
  return { ...explanation, witnesses: [], decisions: explanation.decisions.map((decision) => ({ ...decision, tierCondition: null })) };
}
