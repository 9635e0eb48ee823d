import type { YamlMend } from "./editYaml.ts";
import { nearestName } from "./nearestName.ts";
import { PROCESSOR_SETTINGS } from "./policySchema.ts";
import { booleanAt, numberAt, type Raw, textAt, wrong } from "./rawValues.ts";
import type { Reading } from "./readVote.ts";

const STARTS = "The Collector then starts with it.";
type Path = readonly PropertyKey[];

/** The settings of tail_sampling itself that have no counterpart here and change what is kept, and those it does not have. Throws NotReadable. */
export function reportProcessorSettings(raw: Raw, path: Path, report: Reading["report"]): void {
  for (const key of Object.keys(raw).filter((one) => !PROCESSOR_SETTINGS.includes(one))) {
    const at = [...path, key];
    const meant = nearestName(
      key,
      PROCESSOR_SETTINGS.filter((one) => raw[one] === undefined),
    );
    const renamed: YamlMend[] =
      meant === undefined ? [] : [{ label: `Rename it to ${meant}`, changes: STARTS, edits: [{ kind: "rename", path: at, to: meant }] }];
    const mends: YamlMend[] = [...renamed, { label: `Remove ${key.slice(0, 40)}`, changes: STARTS, edits: [{ kind: "remove", path: at }] }];
    report({ severity: "error", path: at, message: "is no setting of tail_sampling; the Collector does not start with it", mends });
  }
  const strategy = textAt(raw, "sampling_strategy", path);
  if (strategy !== "" && strategy !== "trace-complete" && strategy !== "span-ingest")
    throw wrong([...path, "sampling_strategy"], `must be trace-complete or span-ingest, got ${JSON.stringify(strategy).slice(0, 60)}`);
  if (strategy === "span-ingest")
    report({
      severity: "warning",
      path: [...path, "sampling_strategy"],
      message:
        "asks the policies of each batch as it comes, so what only the whole trace shows (its duration, spans that came apart) is missed; here the whole trace counts",
    });
  const largest = numberAt(raw, "maximum_trace_size_bytes", path);
  if (largest > 0)
    report({
      severity: "warning",
      path: [...path, "maximum_trace_size_bytes"],
      message: `drops traces of more than ${largest} bytes whatever the policies say; no setting here does`,
    });
  if (booleanAt(raw, "drop_pending_traces_on_shutdown", path))
    report({
      severity: "info",
      path: [...path, "drop_pending_traces_on_shutdown"],
      message: "loses the traces that wait when the Collector stops; here they are decided",
    });
}
