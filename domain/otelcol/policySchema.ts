/** The settings blocks that policies have wherever they stand, with the settings in them; a Collector does not start with another one inside a block. */
const SHARED: Record<string, readonly string[]> = {
  latency: ["threshold_ms", "upper_threshold_ms"],
  numeric_attribute: ["key", "min_value", "max_value", "invert_match"],
  probabilistic: ["hash_salt", "sampling_percentage"],
  status_code: ["status_codes"],
  string_attribute: ["key", "values", "enabled_regex_matching", "cache_max_size", "invert_match"],
  rate_limiting: ["spans_per_second", "burst_capacity"],
  bytes_limiting: ["bytes_per_second", "burst_capacity"],
  span_count: ["min_spans", "max_spans"],
  trace_state: ["key", "values"],
  boolean_attribute: ["key", "value", "invert_match"],
  ottl_condition: ["error_mode", "span", "spanevent"],
};
const COMPOSITE = { composite: ["max_total_spans_per_second", "policy_order", "composite_sub_policy", "rate_allocation"] };
const AND = { and: ["and_sub_policy"] };
const NOT = { not: ["not_sub_policy"] };
const DROP = { drop: ["drop_sub_policy"] };
const WITHOUT_SETTINGS = ["always_sample", "trace_flags"];

/** Where a policy stands decides what it may be: only some hold others, and those hold fewer. */
export type Place = "top" | "composite" | "and" | "drop" | "not";

const BLOCKS: Record<Place, Record<string, readonly string[]>> = {
  top: { ...SHARED, ...COMPOSITE, ...AND, ...NOT, ...DROP },
  composite: { ...SHARED, ...AND },
  and: { ...SHARED, ...NOT },
  drop: { ...SHARED, ...NOT },
  not: SHARED,
};

/** The blocks that a policy at `place` may have, each with its settings. */
export function blocksAt(place: Place): Record<string, readonly string[]> {
  return BLOCKS[place];
}

/** Why a policy at `place` can't be of `type`: a sentence about the type; undefined when it can. */
export function typeProblem(type: string, place: Place): string | undefined {
  if (WITHOUT_SETTINGS.includes(type) || Object.hasOwn(BLOCKS[place], type)) return undefined;
  if (Object.hasOwn(BLOCKS.top, type)) return `"${type}" can't stand inside ${place === "top" ? "another policy" : `a policy of type ${place}`}`;
  return `"${type.slice(0, 60)}" is no policy type of tail_sampling, unless an extension brings it`;
}

/** The settings that tail_sampling itself has. */
export const PROCESSOR_SETTINGS: readonly string[] = [
  "decision_wait",
  "decision_wait_after_root_received",
  "num_traces",
  "block_on_overflow",
  "expected_new_traces_per_sec",
  "policies",
  "decision_cache",
  "tail_storage",
  "sample_on_first_match",
  "sampling_strategy",
  "drop_pending_traces_on_shutdown",
  "maximum_trace_size_bytes",
  "num_shards",
];
