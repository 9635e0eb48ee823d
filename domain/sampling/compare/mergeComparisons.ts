import {
  type Cell,
  type ComparisonCounts,
  type GroupCounts,
  type NamedOutcomes,
  noComparison,
  noOutcomes,
  type Outcomes,
  SERVICES_MAX,
} from "./comparisonCounts.ts";

/**
 * Adds up what several collectors counted. The order makes no difference: of more than SERVICES_MAX services the first by name keep their own line, and the others
 * are counted together, however they met.
 */
export function mergeComparisons(all: readonly ComparisonCounts[]): ComparisonCounts {
  return all.reduce(mergeTwo, noComparison());
}

function mergeTwo(a: ComparisonCounts, b: ComparisonCounts): ComparisonCounts {
  const services = addNamed(a.services, b.services);
  const others = services.splice(SERVICES_MAX).reduce((sum, { outcomes }) => addOutcomes(sum, outcomes), noOutcomes());
  return {
    seen: addCells(a.seen, b.seen),
    compared: addCells(a.compared, b.compared),
    units: a.units + b.units,
    late: a.late + b.late,
    total: addOutcomes(a.total, b.total),
    liveTiers: addNamed(a.liveTiers, b.liveTiers),
    candidateTiers: addNamed(a.candidateTiers, b.candidateTiers),
    services,
    otherServices: addOutcomes(addOutcomes(a.otherServices, b.otherServices), others),
    groups: a.groups.map((group, index) => addGroups(group, b.groups[index])),
  };
}

/** In order of their names. */
function addNamed(a: readonly NamedOutcomes[], b: readonly NamedOutcomes[]): NamedOutcomes[] {
  const byName = new Map(a.map(({ name, outcomes }) => [name, outcomes]));
  for (const { name, outcomes } of b) {
    const known = byName.get(name);
    byName.set(name, known === undefined ? outcomes : addOutcomes(known, outcomes));
  }
  return [...byName].map(([name, outcomes]) => ({ name, outcomes })).sort((one, other) => (one.name < other.name ? -1 : 1));
}

function addOutcomes(a: Outcomes, b: Outcomes): Outcomes {
  return {
    both: addCells(a.both, b.both),
    liveOnly: addCells(a.liveOnly, b.liveOnly),
    candidateOnly: addCells(a.candidateOnly, b.candidateOnly),
    neither: addCells(a.neither, b.neither),
  };
}

function addCells(a: Cell, b: Cell): Cell {
  return { spans: a.spans + b.spans, bytes: a.bytes + b.bytes };
}

function addGroups(a: GroupCounts, b: GroupCounts): GroupCounts {
  return {
    spans: a.spans + b.spans,
    bytes: a.bytes + b.bytes,
    liveSpans: a.liveSpans + b.liveSpans,
    liveBytes: a.liveBytes + b.liveBytes,
    candidateSpans: a.candidateSpans + b.candidateSpans,
    candidateBytes: a.candidateBytes + b.candidateBytes,
  };
}
