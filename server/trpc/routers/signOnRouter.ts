import { getSignOn } from "../../services/sign-on/getSignOn.ts";
import { type SetSignOnInput, setSignOn } from "../../services/sign-on/setSignOn.ts";
import type { SignOnInput } from "../../services/sign-on/signOnInput.ts";
import { testSignOn } from "../../services/sign-on/testSignOn.ts";
import { procedure, router, untrusted } from "../trpc.ts";

export const signOnRouter = router({
  get: procedure.query(({ ctx }) => getSignOn({ ctx })),
  set: procedure.input(untrusted<SetSignOnInput>()).mutation(({ ctx, input }) => setSignOn({ ctx, input })),
  test: procedure.input(untrusted<SignOnInput>()).mutation(({ ctx, input }) => testSignOn({ ctx, input })),
});
