import type { AskInput, ListRequestsInput, RejectInput, SetApprovalInput } from "../../services/approvals/approvalInput.ts";
import { approveRequest } from "../../services/approvals/approveRequest.ts";
import { askForApproval } from "../../services/approvals/askForApproval.ts";
import { countRequests } from "../../services/approvals/countRequests.ts";
import { getApprovalSetting } from "../../services/approvals/getApprovalSetting.ts";
import { getRequest } from "../../services/approvals/getRequest.ts";
import { listRequests } from "../../services/approvals/listRequests.ts";
import { rejectRequest } from "../../services/approvals/rejectRequest.ts";
import { setApproval } from "../../services/approvals/setApproval.ts";
import { withdrawRequest } from "../../services/approvals/withdrawRequest.ts";
import type { ByIdInput } from "../../services/documents/documentInput.ts";
import { procedure, router, untrusted } from "../trpc.ts";

export const approvalsRouter = router({
  list: procedure.input(untrusted<ListRequestsInput | undefined>()).query(({ ctx, input }) => listRequests({ ctx, input })),
  count: procedure.query(({ ctx }) => countRequests({ ctx })),
  get: procedure.input(untrusted<ByIdInput>()).query(({ ctx, input }) => getRequest({ ctx, input })),
  setting: procedure.query(({ ctx }) => getApprovalSetting({ ctx })),
  ask: procedure.input(untrusted<AskInput>()).mutation(({ ctx, input }) => askForApproval({ ctx, input })),
  approve: procedure.input(untrusted<ByIdInput>()).mutation(({ ctx, input }) => approveRequest({ ctx, input })),
  reject: procedure.input(untrusted<RejectInput>()).mutation(({ ctx, input }) => rejectRequest({ ctx, input })),
  withdraw: procedure.input(untrusted<ByIdInput>()).mutation(({ ctx, input }) => withdrawRequest({ ctx, input })),
  set: procedure.input(untrusted<SetApprovalInput>()).mutation(({ ctx, input }) => setApproval({ ctx, input })),
});
