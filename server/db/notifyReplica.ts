import type { Transaction } from "./database.ts";

/** One control plane process has a question for another, or an answer; what it says stands in a row. */
export type ReplicaMessage = { kind: "question" | "answer"; id: string; to: string };

export const REPLICAS_CHANNEL = "headgate_replicas";

/** Every replica hears it once the transaction has committed; `to` says which one it is for. */
export async function notifyReplica(tx: Transaction, message: ReplicaMessage): Promise<void> {
  await tx.$executeRaw`SELECT pg_notify(${REPLICAS_CHANNEL}, ${JSON.stringify(message)})`;
}
