import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { type ListTierWatchesInput, listTierWatches } from "../../services/policies/listTierWatches.ts";
import { policyKind } from "../../services/policies/policyKind.ts";
import { procedure, router, untrusted } from "../trpc.ts";
import { documentProcedures } from "./documentProcedures.ts";

export const policiesRouter = router({
  ...documentProcedures<SamplingPolicy, SamplingPolicy, { tierCount: number }>(policyKind, ({ tiers }) => ({ tierCount: tiers.length })),
  tierWatches: procedure.input(untrusted<ListTierWatchesInput>()).query(({ ctx, input }) => listTierWatches({ ctx, input })),
});
