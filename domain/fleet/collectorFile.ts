import { z } from "zod";
import { receiversSchema } from "../pipeline/receivers.ts";
import { type Parsed, parseOrProblems } from "../validation/problems.ts";
import { type CollectorConfig, parseCollectorConfig } from "./collectorConfig.ts";

const WORKERS_MAX = 64;
const WORKERS_LIMITS = `must be auto or a whole number from 1 to ${WORKERS_MAX}`;

/** What a collector's own file says besides its configuration: it holds for the process, also while the control plane sends the configuration. */
export const processSettingsSchema = z.strictObject({
  workers: z
    .union([z.literal("auto"), z.int(WORKERS_LIMITS).min(1, WORKERS_LIMITS).max(WORKERS_MAX, WORKERS_LIMITS)], WORKERS_LIMITS)
    .default(1)
    .describe("Threads that receive, decide and deliver, each with an equal part of every bound. auto: one for each core that the process may use."),
  receivers: receiversSchema.prefault({}),
});
export type ProcessSettings = z.infer<typeof processSettingsSchema>;
export type CollectorFile = { config: CollectorConfig; process: ProcessSettings };

/** A whole file. All problems of both parts, each with its path. Never throws. */
export function parseCollectorFile(input: unknown): Parsed<CollectorFile> {
  const [own, rest] = typeof input === "object" && input !== null && !Array.isArray(input) ? split(input) : [{}, input];
  const settings = parseOrProblems(processSettingsSchema, own);
  const config = parseCollectorConfig(rest);
  if (settings.ok && config.ok) return { ok: true, value: { config: config.value, process: settings.value } };
  return { ok: false, problems: [...(config.ok ? [] : config.problems), ...(settings.ok ? [] : settings.problems)] };
}

function split(input: object): [Record<string, unknown>, Record<string, unknown>] {
  const own: Record<string, unknown> = {};
  const rest: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(input)) (key in processSettingsSchema.shape ? own : rest)[key] = value;
  return [own, rest];
}
