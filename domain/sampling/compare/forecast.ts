import { z } from "zod";

const figure = z.number().refine(Number.isFinite, "must be a finite number");

/** What is expected, and the bounds within which it lies with 95% confidence, chance alone considered. */
export const estimateSchema = z.strictObject({ expected: figure, low: figure, high: figure });
export type Estimate = z.infer<typeof estimateSchema>;

/** What a policy will keep, by a comparison on the traffic of `collectors` collectors. A rollout is held to it. */
export const forecastSchema = z.strictObject({
  /** Of spans, 0 to 1. */
  keptShare: estimateSchema,
  keptSpansPerS: estimateSchema,
  keptBytesPerS: estimateSchema,
  microUsdPerMonth: estimateSchema,
  /** Where it comes from. */
  basis: z.strictObject({
    kind: z.enum(["shadow", "replay"]),
    id: z.string().max(64),
    collectors: z.int().min(1),
    spans: z.number().min(0),
    seconds: z.number().min(0),
    /** Unix milliseconds: when the last of it was counted. */
    untilMs: z.number(),
  }),
});
export type Forecast = z.infer<typeof forecastSchema>;
