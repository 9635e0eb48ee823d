import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { policyKind } from "../../services/policies/policyKind.ts";
import { router } from "../trpc.ts";
import { documentProcedures } from "./documentProcedures.ts";

export const policiesRouter = router(
  documentProcedures<SamplingPolicy, SamplingPolicy, { tierCount: number }>(policyKind, ({ tiers }) => ({ tierCount: tiers.length })),
);
