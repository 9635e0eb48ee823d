import pg from "pg";
import { StartError } from "../errors/startError.ts";
import { auditHash, type ChainedEvent, FIRST_PREVIOUS_HASH } from "./auditChain.ts";

export type AuditChainReport = {
  /** Events that were looked at, those from before the chain among them. */
  events: number;
  /** Of those, how many have no hash: they were written before there was a chain. */
  unchained: number;
  first: { id: string; at: string } | null;
  last: { id: string; at: string; hash: string } | null;
  /** Up to which event older ones were let go; null when none were. */
  checkpoint: string | null;
  /** The first link that does not hold; null when all do. */
  broken: { id: string; problem: string } | null;
};

type Row = Omit<ChainedEvent, "at" | "previousHash"> & { at: Date; previousHash: string | null; hash: string | null };

const PAGE_ROWS = 2_000;

/**
 * Reads every event in order, in one snapshot, and computes its hash anew. `expected` is an event's id and hash that were written down
 * elsewhere: whoever can write to the database could make another chain, but not one that has that hash in that place.
 */
export async function verifyAuditChain(url: string, expected: { id: string; hash: string } | null = null): Promise<AuditChainReport> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, application_name: "headgate audit verify" });
  await client.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const { rows } = await client.query<{ there: boolean }>(`SELECT to_regclass('"AuditHead"') IS NOT NULL AS there`);
    if (!rows[0].there) throw new StartError("this database has no audit chain yet: it is from an earlier version; start the control plane once");
    return await verify(client, expected);
  } finally {
    await client.end();
  }
}

async function verify(client: pg.Client, expected: { id: string; hash: string } | null): Promise<AuditChainReport> {
  const [checkpoint] = (await client.query<{ lastId: string; hash: string | null }>(`SELECT * FROM "AuditCheckpoint" ORDER BY "lastId" DESC LIMIT 1`)).rows;
  const [head] = (await client.query<{ lastId: string; hash: string }>(`SELECT * FROM "AuditHead" WHERE "id" = 1`)).rows;
  const report: AuditChainReport = { events: 0, unchained: 0, first: null, last: null, checkpoint: checkpoint?.lastId ?? null, broken: null };
  let previousId = BigInt(checkpoint?.lastId ?? 0);
  let previousHash = checkpoint?.hash ?? null;
  let seen = expected === null;
  for (;;) {
    const { rows } = await client.query<Row>(`SELECT * FROM "AuditEvent" WHERE "id" > $1 ORDER BY "id" LIMIT ${PAGE_ROWS}`, [String(previousId)]);
    for (const row of rows) {
      report.broken = problemOf(row, previousId, previousHash);
      if (report.broken) return report;
      if (expected?.id === row.id) {
        seen = true;
        if (expected.hash !== row.hash) return { ...report, broken: { id: row.id, problem: "has another hash than the one that was expected" } };
      }
      report.events++;
      if (row.hash === null) report.unchained++;
      report.first ??= { id: row.id, at: row.at.toISOString() };
      report.last = { id: row.id, at: row.at.toISOString(), hash: row.hash ?? "" };
      previousId = BigInt(row.id);
      previousHash = row.hash;
    }
    if (rows.length < PAGE_ROWS) break;
  }
  report.broken = endProblem(head, previousId, previousHash);
  if (!report.broken && expected && !seen) report.broken = { id: expected.id, problem: "is not there, though it was expected" };
  return report;
}

function problemOf(row: Row, previousId: bigint, previousHash: string | null): AuditChainReport["broken"] {
  const id = BigInt(row.id);
  // Before the chain events were numbered by a sequence, which leaves gaps.
  if (row.hash === null && previousHash === null) return null;
  if (row.hash === null) return { id: row.id, problem: "has no hash" };
  if (id !== previousId + 1n) return { id: String(previousId + 1n), problem: "is missing" };
  if (row.previousHash !== (previousHash ?? FIRST_PREVIOUS_HASH)) return { id: row.id, problem: "does not follow the event before it" };
  const { hash, at, previousHash: own, ...rest } = row;
  if (auditHash(toChained(rest, at, own)) !== hash) return { id: row.id, problem: "was changed: its hash is that of something else" };
  return null;
}

/** In the order and with the fields that were hashed, and none besides. */
function toChained(row: Omit<Row, "hash" | "at" | "previousHash">, at: Date, previousHash: string): ChainedEvent {
  const { id, actorKind, actorId, actorName, action, entity, entityId, entityName, detail, before, after, origin } = row;
  return { id, at: at.toISOString(), actorKind, actorId, actorName, action, entity, entityId, entityName, detail, before, after, origin, previousHash };
}

function endProblem(head: { lastId: string; hash: string } | undefined, lastId: bigint, lastHash: string | null): AuditChainReport["broken"] {
  if (!head) return { id: String(lastId), problem: "is the last one, but the record of where the chain ends is gone" };
  if (BigInt(head.lastId) > lastId) return { id: String(lastId + 1n), problem: `is missing: the chain ends with event ${head.lastId}` };
  if (BigInt(head.lastId) < lastId)
    return { id: String(BigInt(head.lastId) + 1n), problem: `was not written by Headgate: the chain ends with event ${head.lastId}` };
  if (head.hash !== (lastHash ?? FIRST_PREVIOUS_HASH)) return { id: String(lastId), problem: "is not the one that the chain ends with" };
  return null;
}
