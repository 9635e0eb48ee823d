import type { ByIdInput, ByVersionInput, RenameInput } from "../../services/documents/documentInput.ts";
import { type CreatePolicyInput, createPolicy } from "../../services/policies/createPolicy.ts";
import { getPolicy } from "../../services/policies/getPolicy.ts";
import { getPolicyVersion } from "../../services/policies/getPolicyVersion.ts";
import { listPolicies } from "../../services/policies/listPolicies.ts";
import { renamePolicy } from "../../services/policies/renamePolicy.ts";
import { type SavePolicyVersionInput, savePolicyVersion } from "../../services/policies/savePolicyVersion.ts";
import { procedure, router, untrusted } from "../trpc.ts";

export const policiesRouter = router({
  list: procedure.query(({ ctx }) => listPolicies({ ctx })),
  get: procedure.input(untrusted<ByIdInput>()).query(({ ctx, input }) => getPolicy({ ctx, input })),
  version: procedure.input(untrusted<ByVersionInput>()).query(({ ctx, input }) => getPolicyVersion({ ctx, input })),
  create: procedure.input(untrusted<CreatePolicyInput>()).mutation(({ ctx, input }) => createPolicy({ ctx, input })),
  saveVersion: procedure.input(untrusted<SavePolicyVersionInput>()).mutation(({ ctx, input }) => savePolicyVersion({ ctx, input })),
  rename: procedure.input(untrusted<RenameInput>()).mutation(({ ctx, input }) => renamePolicy({ ctx, input })),
});
