import type { ByIdInput } from "../../services/documents/documentInput.ts";
import { endPersonsSessions } from "../../services/people/endPersonsSessions.ts";
import { invitePerson } from "../../services/people/invitePerson.ts";
import { listPeople } from "../../services/people/listPeople.ts";
import type { InviteInput, SetGrantInput, SetRoleInput } from "../../services/people/personInput.ts";
import { removePerson } from "../../services/people/removePerson.ts";
import { setGrant } from "../../services/people/setGrant.ts";
import { setRole } from "../../services/people/setRole.ts";
import { procedure, router, untrusted } from "../trpc.ts";

export const peopleRouter = router({
  list: procedure.query(({ ctx }) => listPeople({ ctx })),
  invite: procedure.input(untrusted<InviteInput>()).mutation(({ ctx, input }) => invitePerson({ ctx, input })),
  setRole: procedure.input(untrusted<SetRoleInput>()).mutation(({ ctx, input }) => setRole({ ctx, input })),
  setGrant: procedure.input(untrusted<SetGrantInput>()).mutation(({ ctx, input }) => setGrant({ ctx, input })),
  endSessions: procedure.input(untrusted<ByIdInput>()).mutation(({ ctx, input }) => endPersonsSessions({ ctx, input })),
  remove: procedure.input(untrusted<ByIdInput>()).mutation(({ ctx, input }) => removePerson({ ctx, input })),
});
