import type { Transaction } from "./database.ts";

export type AuditEntry = {
  by: { id: string | null; name: string };
  action: string;
  entity: string;
  entityId?: string | null;
  detail?: Record<string, string | number | boolean | null>;
};

/** Written inside the transaction of what it tells about. `detail` never carries a secret. */
export async function audit(tx: Transaction, { by, action, entity, entityId = null, detail = {} }: AuditEntry): Promise<void> {
  await tx.auditEvent.create({ data: { actorId: by.id, actorName: by.name, action, entity, entityId, detail } });
}
