import type { Explanation } from "#domain/sampling/explanation.ts";

export type Answer = { collectorId: string; collectorName: string; explanation: Explanation | null; problem: string | null; tookMs: number };
export type Explained = Answer & { explanation: Explanation };
export type Arranged = {
  /** Collectors that have something to tell about the trace, the ones that know most first. */
  telling: Explained[];
  /** Collectors that did not see it, as far as they can say. */
  without: Explained[];
  failed: Answer[];
};

const TELLING: readonly Explanation["kind"][] = ["decided", "waiting", "remembered", "forgotten"];

export function arrangeAnswers(answers: readonly Answer[]): Arranged {
  const explained = answers.flatMap((answer): Explained[] => (answer.explanation === null ? [] : [{ ...answer, explanation: answer.explanation }]));
  const rank = (answer: Explained) => TELLING.indexOf(answer.explanation.kind);
  return {
    telling: explained.filter((answer) => rank(answer) >= 0).sort((a, b) => rank(a) - rank(b)),
    without: explained.filter((answer) => rank(answer) < 0),
    failed: answers.filter((answer) => answer.explanation === null),
  };
}

/** The answer will change by itself before long: it is worth asking again. */
export function isUnderWay({ explanation }: Answer): boolean {
  if (explanation === null) return false;
  return explanation.kind === "waiting" || (explanation.kind === "decided" && (explanation.delivery === "waiting" || explanation.delivery === "queued"));
}
