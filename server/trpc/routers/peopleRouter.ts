import type { ByIdInput } from "../../services/documents/documentInput.ts";
import { invitePerson } from "../../services/people/invitePerson.ts";
import { listPeople } from "../../services/people/listPeople.ts";
import type { InviteInput, SetRoleInput } from "../../services/people/personInput.ts";
import { removePerson } from "../../services/people/removePerson.ts";
import { setRole } from "../../services/people/setRole.ts";
import { procedure, router, untrusted } from "../trpc.ts";

export const peopleRouter = router({
  list: procedure.query(({ ctx }) => listPeople({ ctx })),
  invite: procedure.input(untrusted<InviteInput>()).mutation(({ ctx, input }) => invitePerson({ ctx, input })),
  setRole: procedure.input(untrusted<SetRoleInput>()).mutation(({ ctx, input }) => setRole({ ctx, input })),
  remove: procedure.input(untrusted<ByIdInput>()).mutation(({ ctx, input }) => removePerson({ ctx, input })),
});
