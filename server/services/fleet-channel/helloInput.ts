import { z } from "zod";
import { carryOverSchema } from "#domain/fleet/carryOver.ts";
import { LABELS_MAX } from "#domain/fleet/labels.ts";

export const EFFECTIVE_CONFIG_BYTES_MAX = 1_000_000;

export const instanceUidSchema = z.uuid("must be a UUID");
export const collectorNameSchema = z.string().trim().min(1, "must not be empty").max(128, "must have at most 128 characters");
export const versionSchema = z.string().max(64, "must have at most 64 characters");
/** Looser than what people may give: labels that a collector's environment had all along must not keep it out. */
export const ownLabelsSchema = z
  .record(z.string().min(1, "must not be empty").max(64, "must have at most 64 characters"), z.string().max(256, "must have at most 256 characters"))
  .refine((labels) => Object.keys(labels).length <= LABELS_MAX, `must have at most ${LABELS_MAX} labels`);

/** Empty means closed. */
const endpointSchema = z
  .string()
  .max(256, "must have at most 256 characters")
  .refine((value) => value === "" || /^https?:\/\/\S+$/.test(value), "must be an http address")
  .transform((value) => value || null);

export const helloSchema = z.strictObject({
  instanceUid: instanceUidSchema,
  name: collectorNameSchema,
  labels: ownLabelsSchema,
  version: versionSchema,
  runningRevision: z
    .int()
    .min(0)
    .max(2 ** 31 - 1),
  runningHash: z.string().regex(/^([0-9a-f]{64})?$/, "must be a SHA-256 in hex"),
  effectiveConfig: z.string().max(EFFECTIVE_CONFIG_BYTES_MAX, "is too long"),
  otlpGrpcEndpoint: endpointSchema,
  otlpHttpEndpoint: endpointSchema,
  processStartMs: z.number().min(0),
  capabilities: z.array(z.string().max(64)).max(64),
  nowMs: z.number().positive(),
});
export type HelloInput = z.input<typeof helloSchema>;
export type Hello = z.output<typeof helloSchema>;

const text = z.string().max(4_096, "is too long");
export const configReportSchema = z.strictObject({
  state: z.enum(["applying", "applied", "failed"]),
  revision: z
    .int()
    .min(0)
    .max(2 ** 31 - 1),
  hash: z.string().regex(/^([0-9a-f]{64})?$/, "must be a SHA-256 in hex"),
  failingPath: text,
  reason: text,
  logLines: z.array(text).max(100, "must have at most 100 lines"),
  tookMs: z.number().min(0),
  effectiveConfig: z.string().max(EFFECTIVE_CONFIG_BYTES_MAX, "is too long"),
  carryOver: carryOverSchema.nullable(),
});
export type ConfigReportInput = z.input<typeof configReportSchema>;
