import { beforeEach, describe, expect, it } from "vitest";
import type { ExplainAnswer, ServiceContext } from "../services/context.ts";
import { ANSWERING_MAX, ExplainRelay } from "./explainRelay.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** The table of questions, and what was notified of it; the collector is held by another replica. */
function fakeDatabase() {
  const rows = new Map<string, { askedBy: string; answer: string | null }>();
  const db = {
    $transaction: (work: (tx: unknown) => unknown) => work(db),
    $executeRaw: async () => 0,
    $queryRaw: async (_sql: unknown, id: string) => {
      const row = rows.get(id);
      rows.delete(id);
      return row ? [row] : [];
    },
    collector: { findUnique: async () => ({ replica: "other" }) },
    relayedQuestion: {
      create: async ({ data }: { data: { id: string; askedBy: string } }) => rows.set(data.id, { ...data, answer: null }),
      findUnique: async () => ({ collectorId: "c", traceId: TRACE_ID, timeoutMs: 1 }),
      updateManyAndReturn: async () => [],
    },
  };
  return { rows, db };
}

describe("questions between replicas", () => {
  let rows: ReturnType<typeof fakeDatabase>["rows"];
  let relay: ExplainRelay;
  let answerHere: (answer: ExplainAnswer) => void;
  let askedHere: number;
  beforeEach(() => {
    const database = fakeDatabase();
    rows = database.rows;
    askedHere = 0;
    const { promise, resolve } = Promise.withResolvers<ExplainAnswer>();
    answerHere = resolve;
    const ports = { nowMs: () => 0 };
    relay = new ExplainRelay({
      ctx: { actor: { kind: "system", name: "test" }, db: database.db, ports } as unknown as ServiceContext,
      replica: "own",
      explainHere: () => {
        askedHere++;
        return promise;
      },
      log: { warn: () => {} },
    });
  });

  it("take the answer as soon as they are told of it, and leave no row", async () => {
    const told = relay.explain("c", TRACE_ID, 60_000);
    await settled();
    const [[id, row]] = [...rows];
    row.answer = JSON.stringify({ ok: true, explanation: "{}" });
    relay.answer("another question");
    relay.answer(id);
    expect(await told).toEqual({ ok: true, explanation: "{}" });
    expect(rows.size).toBe(0);
  });

  it("end when whoever asked goes away, and when this replica stops, and leave no row", async () => {
    const abort = new AbortController();
    const both = [relay.explain("c", TRACE_ID, 60_000, abort.signal), relay.explain("c", TRACE_ID, 60_000)];
    await settled();
    abort.abort();
    expect(await both[0]).toMatchObject({ ok: false });
    expect(rows.size).toBe(1);
    relay.stop();
    expect(await both[1]).toMatchObject({ ok: false });
    expect(rows.size).toBe(0);
    expect(await relay.explain("c", TRACE_ID, 60_000, abort.signal)).toMatchObject({ ok: false });
  });

  it("are answered up to a bound at the same time; the rest is counted", async () => {
    for (let i = 0; i < ANSWERING_MAX + 3; i++) relay.question(String(i));
    await settled();
    expect([askedHere, relay.refused]).toEqual([ANSWERING_MAX, 3]);
    answerHere({ ok: false, problem: "" });
    await settled();
    relay.question("one more");
    await settled();
    expect([askedHere, relay.refused]).toEqual([ANSWERING_MAX + 1, 3]);
  });
});
