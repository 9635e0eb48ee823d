import { type Cell, type ComparisonCounts, GROUPS, type Outcomes, SERVICE_NAME_MAX } from "#domain/sampling/compare/comparisonCounts.ts";
import { OTHER_SERVICES } from "./serviceNames.ts";

/** Outcomes as numbers, spans and bytes of each beside each other. */
export const BOTH = 0;
export const LIVE_ONLY = 1;
export const CANDIDATE_ONLY = 2;
export const NEITHER = 3;
const CELLS = 8;
const GROUP_CELLS = 6;

/** Counts into typed arrays, a few additions a decision. Tiers, services and groups go by number. */
export class ComparisonCounter {
  readonly #liveNames: readonly string[];
  readonly #candidateNames: readonly string[];
  readonly #total = new Float64Array(CELLS);
  readonly #live: Float64Array;
  readonly #candidate: Float64Array;
  readonly #services = new Float64Array((OTHER_SERVICES + 1) * CELLS);
  readonly #groups = new Float64Array(GROUPS * GROUP_CELLS);
  seenSpans = 0;
  seenBytes = 0;
  comparedSpans = 0;
  comparedBytes = 0;
  units = 0;
  late = 0;

  constructor(liveNames: readonly string[], candidateNames: readonly string[]) {
    this.#liveNames = liveNames;
    this.#candidateNames = candidateNames;
    this.#live = new Float64Array(liveNames.length * CELLS);
    this.#candidate = new Float64Array(candidateNames.length * CELLS);
  }

  /** `weight`: for how many it stands. */
  add(liveTier: number, candidateTier: number, outcome: number, service: number, group: number, spans: number, bytes: number, weight: number): void {
    this.comparedSpans += spans;
    this.comparedBytes += bytes;
    const cell = outcome * 2;
    const weighedSpans = spans * weight;
    const weighedBytes = bytes * weight;
    this.#total[cell] += weighedSpans;
    this.#total[cell + 1] += weighedBytes;
    this.#live[liveTier * CELLS + cell] += weighedSpans;
    this.#live[liveTier * CELLS + cell + 1] += weighedBytes;
    this.#candidate[candidateTier * CELLS + cell] += weighedSpans;
    this.#candidate[candidateTier * CELLS + cell + 1] += weighedBytes;
    this.#services[service * CELLS + cell] += weighedSpans;
    this.#services[service * CELLS + cell + 1] += weighedBytes;
    const at = group * GROUP_CELLS;
    this.#groups[at] += weighedSpans;
    this.#groups[at + 1] += weighedBytes;
    if (outcome === BOTH || outcome === LIVE_ONLY) {
      this.#groups[at + 2] += weighedSpans;
      this.#groups[at + 3] += weighedBytes;
    }
    if (outcome === BOTH || outcome === CANDIDATE_ONLY) {
      this.#groups[at + 4] += weighedSpans;
      this.#groups[at + 5] += weighedBytes;
    }
  }

  counts(serviceNames: readonly string[]): ComparisonCounts {
    const named = (names: readonly string[], cells: Float64Array) => names.map((name, index) => ({ name, outcomes: outcomesAt(cells, index * CELLS) }));
    return {
      seen: { spans: this.seenSpans, bytes: this.seenBytes },
      compared: { spans: this.comparedSpans, bytes: this.comparedBytes },
      units: this.units,
      late: this.late,
      total: outcomesAt(this.#total, 0),
      liveTiers: named(this.#liveNames, this.#live),
      candidateTiers: named(this.#candidateNames, this.#candidate),
      services: named(
        serviceNames.map((name) => name.slice(0, SERVICE_NAME_MAX)),
        this.#services,
      ),
      otherServices: outcomesAt(this.#services, OTHER_SERVICES * CELLS),
      groups: Array.from({ length: GROUPS }, (_, group) => {
        const [spans, bytes, liveSpans, liveBytes, candidateSpans, candidateBytes] = this.#groups.subarray(group * GROUP_CELLS, (group + 1) * GROUP_CELLS);
        return { spans, bytes, liveSpans, liveBytes, candidateSpans, candidateBytes };
      }),
    };
  }
}

function outcomesAt(cells: Float64Array, at: number): Outcomes {
  const cell = (outcome: number): Cell => ({ spans: cells[at + outcome * 2], bytes: cells[at + outcome * 2 + 1] });
  return { both: cell(BOTH), liveOnly: cell(LIVE_ONLY), candidateOnly: cell(CANDIDATE_ONLY), neither: cell(NEITHER) };
}
