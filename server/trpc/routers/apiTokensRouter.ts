import { type CreateApiTokenInput, createApiToken } from "../../services/api-tokens/createApiToken.ts";
import { listApiTokens } from "../../services/api-tokens/listApiTokens.ts";
import { revokeApiToken } from "../../services/api-tokens/revokeApiToken.ts";
import type { ByIdInput } from "../../services/documents/documentInput.ts";
import { procedure, router, untrusted } from "../trpc.ts";

export const apiTokensRouter = router({
  list: procedure.query(({ ctx }) => listApiTokens({ ctx })),
  create: procedure.input(untrusted<CreateApiTokenInput>()).mutation(({ ctx, input }) => createApiToken({ ctx, input })),
  revoke: procedure.input(untrusted<ByIdInput>()).mutation(({ ctx, input }) => revokeApiToken({ ctx, input })),
});
