import type { ByIdInput } from "../../services/documents/documentInput.ts";
import { createWebhook } from "../../services/webhooks/createWebhook.ts";
import { listDeliveries } from "../../services/webhooks/listDeliveries.ts";
import { listWebhooks } from "../../services/webhooks/listWebhooks.ts";
import { redeliver } from "../../services/webhooks/redeliver.ts";
import { removeWebhook } from "../../services/webhooks/removeWebhook.ts";
import { rotateSecret } from "../../services/webhooks/rotateSecret.ts";
import { testWebhook } from "../../services/webhooks/testWebhook.ts";
import { updateWebhook } from "../../services/webhooks/updateWebhook.ts";
import type { CreateWebhookInput, ListDeliveriesInput, UpdateWebhookInput } from "../../services/webhooks/webhookInput.ts";
import { procedure, router, untrusted } from "../trpc.ts";

export const webhooksRouter = router({
  list: procedure.query(({ ctx }) => listWebhooks({ ctx })),
  deliveries: procedure.input(untrusted<ListDeliveriesInput>()).query(({ ctx, input }) => listDeliveries({ ctx, input })),
  create: procedure.input(untrusted<CreateWebhookInput>()).mutation(({ ctx, input }) => createWebhook({ ctx, input })),
  update: procedure.input(untrusted<UpdateWebhookInput>()).mutation(({ ctx, input }) => updateWebhook({ ctx, input })),
  remove: procedure.input(untrusted<ByIdInput>()).mutation(({ ctx, input }) => removeWebhook({ ctx, input })),
  rotateSecret: procedure.input(untrusted<ByIdInput>()).mutation(({ ctx, input }) => rotateSecret({ ctx, input })),
  test: procedure.input(untrusted<ByIdInput>()).mutation(({ ctx, input }) => testWebhook({ ctx, input })),
  redeliver: procedure.input(untrusted<ByIdInput>()).mutation(({ ctx, input }) => redeliver({ ctx, input })),
});
