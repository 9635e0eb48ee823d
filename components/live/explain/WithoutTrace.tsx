"use client";

import { explainSentence } from "#domain/sampling/explainSentence.ts";
import { formatClock } from "../../format/formatDuration.ts";
import { StatusChip } from "../../ui/StatusChip.tsx";
import type { Explained } from "./arrangeAnswers.ts";
import { explanationLook } from "./explanationLook.ts";

const NAMED_MAX = 12;

/** Collectors that know nothing of the trace: the whole answer when all of them are, else folded away behind the ones that do. */
export function WithoutTrace({ answers, others }: { answers: readonly Explained[]; others: boolean }) {
  const rows = (
    <ul>
      {sayingTheSame(answers).map(({ explanation, headline, details, names }) => {
        const { tone, word } = explanationLook(explanation);
        return (
          <li key={headline} data-explanation={explanation.kind} data-collector={names.join(" ")} className="border-t border-line px-3 py-2.5">
            <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <StatusChip tone={tone}>{word}</StatusChip>
              <span className="text-s text-ink-2">
                {names.slice(0, NAMED_MAX).join(", ")}
                {names.length > NAMED_MAX && ` and ${names.length - NAMED_MAX} more`}
              </span>
            </div>
            <p className={others ? "mt-1" : "mt-1.5 max-w-[92ch] text-l"}>{headline}</p>
            {details.map((detail) => (
              <p key={detail} className="num max-w-[92ch] text-ink-2">
                {detail}
              </p>
            ))}
          </li>
        );
      })}
    </ul>
  );
  if (!others) return rows;
  return (
    <details className="border-t border-line">
      <summary className="px-3 py-2 text-ink-2">
        {answers.length === 1 ? "1 other collector has not seen it" : `${answers.length} other collectors have not seen it`}
      </summary>
      {rows}
    </details>
  );
}

type Said = { explanation: Explained["explanation"]; headline: string; details: readonly string[]; names: string[] };

/** A fleet that was started together says one sentence, not forty-eight. */
function sayingTheSame(answers: readonly Explained[]): Said[] {
  const said = new Map<string, Said>();
  for (const { explanation, collectorName } of answers) {
    const { headline, details } = explainSentence(explanation, (atMs) => formatClock(atMs, true));
    const same = said.get(headline);
    if (same) same.names.push(collectorName);
    else said.set(headline, { explanation, headline, details, names: [collectorName] });
  }
  return [...said.values()];
}
