import { endOverride } from "../../services/collectors/endOverride.ts";
import { forgetCollector } from "../../services/collectors/forgetCollector.ts";
import { getCollector } from "../../services/collectors/getCollector.ts";
import { listCollectors } from "../../services/collectors/listCollectors.ts";
import type { SetOverrideInput } from "../../services/collectors/overrideInput.ts";
import { type RecordProfileInput, recordProfile } from "../../services/collectors/recordProfile.ts";
import { revokeCredential } from "../../services/collectors/revokeCredential.ts";
import { type SetLabelsInput, setLabels } from "../../services/collectors/setLabels.ts";
import { setOverride } from "../../services/collectors/setOverride.ts";
import type { ByIdInput } from "../../services/documents/documentInput.ts";
import { type CreateTokenInput, createToken } from "../../services/tokens/createToken.ts";
import { listTokens } from "../../services/tokens/listTokens.ts";
import { revokeToken } from "../../services/tokens/revokeToken.ts";
import { procedure, router, untrusted } from "../trpc.ts";

export const fleetRouter = router({
  list: procedure.query(({ ctx }) => listCollectors({ ctx })),
  get: procedure.input(untrusted<ByIdInput>()).query(({ ctx, input }) => getCollector({ ctx, input })),
  forget: procedure.input(untrusted<ByIdInput>()).mutation(({ ctx, input }) => forgetCollector({ ctx, input })),
  revokeCredential: procedure.input(untrusted<ByIdInput>()).mutation(({ ctx, input }) => revokeCredential({ ctx, input })),
  recordProfile: procedure.input(untrusted<RecordProfileInput>()).mutation(({ ctx, input, signal }) => recordProfile({ ctx, input, signal })),
  setLabels: procedure.input(untrusted<SetLabelsInput>()).mutation(({ ctx, input }) => setLabels({ ctx, input })),
  setOverride: procedure.input(untrusted<SetOverrideInput>()).mutation(({ ctx, input }) => setOverride({ ctx, input })),
  endOverride: procedure.input(untrusted<ByIdInput>()).mutation(({ ctx, input }) => endOverride({ ctx, input })),
  tokens: procedure.query(({ ctx }) => listTokens({ ctx })),
  createToken: procedure.input(untrusted<CreateTokenInput>()).mutation(({ ctx, input }) => createToken({ ctx, input })),
  revokeToken: procedure.input(untrusted<ByIdInput>()).mutation(({ ctx, input }) => revokeToken({ ctx, input })),
});
