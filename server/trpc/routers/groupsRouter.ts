import type { ByIdInput, ListInput } from "../../services/documents/documentInput.ts";
import { archiveGroup } from "../../services/groups/archiveGroup.ts";
import { createGroup } from "../../services/groups/createGroup.ts";
import { getGroup } from "../../services/groups/getGroup.ts";
import type { CreateGroupInput, UpdateGroupInput } from "../../services/groups/groupInput.ts";
import { listGroups } from "../../services/groups/listGroups.ts";
import { type PreviewGroupInput, previewGroup } from "../../services/groups/previewGroup.ts";
import { restoreGroup } from "../../services/groups/restoreGroup.ts";
import { updateGroup } from "../../services/groups/updateGroup.ts";
import { procedure, router, untrusted } from "../trpc.ts";

export const groupsRouter = router({
  list: procedure.input(untrusted<ListInput | undefined>()).query(({ ctx, input }) => listGroups({ ctx, input })),
  get: procedure.input(untrusted<ByIdInput>()).query(({ ctx, input }) => getGroup({ ctx, input })),
  preview: procedure.input(untrusted<PreviewGroupInput>()).query(({ ctx, input }) => previewGroup({ ctx, input })),
  create: procedure.input(untrusted<CreateGroupInput>()).mutation(({ ctx, input }) => createGroup({ ctx, input })),
  update: procedure.input(untrusted<UpdateGroupInput>()).mutation(({ ctx, input }) => updateGroup({ ctx, input })),
  archive: procedure.input(untrusted<ByIdInput>()).mutation(({ ctx, input }) => archiveGroup({ ctx, input })),
  restore: procedure.input(untrusted<ByIdInput>()).mutation(({ ctx, input }) => restoreGroup({ ctx, input })),
});
