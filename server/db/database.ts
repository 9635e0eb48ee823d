import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "./gen/client.ts";

export type Database = PrismaClient;
/** What a service is given inside its one transaction. */
export type Transaction = Parameters<Parameters<PrismaClient["$transaction"]>[0]>[0];

export type DatabaseOptions = { url: string; connectionsMax?: number; connectTimeoutMs?: number; onError?: (error: Error) => void };

/** The pool behind it is bounded, gives up on connecting after 3 s and on a statement after 15 s, so nothing hangs on a lost database. */
export function openDatabase({ url, connectionsMax = 10, connectTimeoutMs = 3_000, onError }: DatabaseOptions): Database {
  const adapter = new PrismaPg(
    {
      connectionString: url,
      max: connectionsMax,
      connectionTimeoutMillis: connectTimeoutMs,
      statement_timeout: 15_000,
      query_timeout: 20_000,
      keepAlive: true,
      application_name: "headgate",
    },
    { onPoolError: (error) => onError?.(error), onConnectionError: (error) => onError?.(error) },
  );
  return new PrismaClient({ adapter, transactionOptions: { maxWait: 4_000, timeout: 15_000 } });
}
