/** A version of a document by its name. */
export type NamedVersion = { name: string; version: number };

/** Why a collector runs something else than its group. */
export type DriftCause =
  | { kind: "overridden"; by: string; reason: string; untilMs: number }
  | { kind: "refused"; problem: string }
  | { kind: "offline" }
  | { kind: "applying" }
  | { kind: "pending" };

export type Drift = {
  /** Where the two differ, document by document; empty when it is not known what the collector runs, or only its settings' defaults differ. */
  differences: { runs: NamedVersion; insteadOf: NamedVersion }[];
  /** The revision that it says it runs; 0 when that did not come from here. */
  runningRevision: number;
  cause: DriftCause;
  /** Null where nobody can say. */
  sinceMs: number | null;
};

/** `runs policy v3 instead of v4: overridden until 14:00 by Olga: “to compare”`. Moments are written by `formatMoment`. */
export function driftSentence({ differences, runningRevision, cause }: Omit<Drift, "sinceMs">, formatMoment: (atMs: number) => string): string {
  return `${runsInWords(differences, runningRevision)}: ${causeInWords(cause, formatMoment)}`;
}

function runsInWords(differences: Drift["differences"], revision: number): string {
  if (differences.length === 0) return revision === 0 ? "runs a configuration that did not come from here" : `runs revision ${revision}`;
  const words = differences.map(({ runs, insteadOf }) =>
    runs.name === insteadOf.name
      ? `${runs.name} v${runs.version} instead of v${insteadOf.version}`
      : `${runs.name} v${runs.version} instead of ${insteadOf.name} v${insteadOf.version}`,
  );
  return `runs ${words.join(" and ")}`;
}

function causeInWords(cause: DriftCause, formatMoment: (atMs: number) => string): string {
  switch (cause.kind) {
    case "overridden":
      return `overridden until ${formatMoment(cause.untilMs)} by ${cause.by}: “${cause.reason}”`;
    case "refused":
      return `it refused its group's configuration: ${cause.problem}`;
    case "offline":
      return "it is not connected";
    case "applying":
      return "it is changing over";
    case "pending":
      return "it has not answered yet";
  }
}
