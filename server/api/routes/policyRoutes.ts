import { z } from "zod";
import { samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import { policyKind } from "../../services/policies/policyKind.ts";
import { shownAs } from "../namedSchemas.ts";
import { documentRoutes } from "./documentRoutes.ts";

export const policyRoutes = documentRoutes({
  kind: policyKind,
  words: { folder: "policies", name: "Policy", plural: "Policies", one: "a sampling policy", tag: "Sampling policies" },
  shown: shownAs(samplingPolicySchema),
  taken: samplingPolicySchema,
  more: { tierCount: z.int() },
  moreOf: ({ tiers }) => ({ tierCount: tiers.length }),
});
