import { type CollectorConfig, parseCollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { formatProblem, type Problem } from "#domain/validation/problems.ts";
import type { Transaction } from "./database.ts";
import { findVersion, type Revision } from "./documentRows.ts";
import type { SealPort } from "./secretBox.ts";

export type ConfigParts = Pick<Revision, "policyId" | "policyVersion" | "destinationId" | "destinationVersion" | "pipelineId" | "pipelineVersion">;

/** The parts are valid each by itself, but not together, or not any more. */
export class InvalidConfigError extends Error {
  readonly problems: Problem[];

  constructor(problems: Problem[]) {
    super(`a stored configuration is not valid: ${problems.map(formatProblem).join("; ")}`);
    this.name = "InvalidConfigError";
    this.problems = problems;
  }
}

/** Puts a collector's whole configuration together from the versions a revision names, header values in clear. Never to be sent to a browser. */
export async function assembleConfig(tx: Transaction, parts: ConfigParts, seal: SealPort): Promise<CollectorConfig> {
  const policy = await findVersion(tx, parts.policyId, parts.policyVersion);
  const destination = await findVersion(tx, parts.destinationId, parts.destinationVersion);
  const pipeline = await findVersion(tx, parts.pipelineId, parts.pipelineVersion);
  if (!policy || !destination || !pipeline) throw new Error("a revision names a version that is not there");
  const headers = Object.fromEntries(Object.entries(destination.secrets).map(([name, sealed]) => [name, seal.open(sealed)]));
  const body = Object(destination.body) as { kind?: unknown };
  const parsed = parseCollectorConfig({ sampling: policy.body, pipeline: pipeline.body, export: body.kind === "otlp" ? { ...body, headers } : body });
  if (!parsed.ok) throw new InvalidConfigError(parsed.problems);
  return parsed.value;
}
