import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { AppRouter } from "#server/trpc/appRouter.ts";
import { type Api, createOwner } from "../fixtures/api.ts";
import { waitFor } from "../fixtures/waitFor.ts";
import { type ConnectedCollector, enrol, explanationOf, type ServerProcess, startServerProcess } from "./serverProcess.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const CAN_EXPLAIN = { capabilities: ["config", "measurements", "checkExport", "explain"] };

let server: ServerProcess;
let api: Api;
const open: (() => void)[] = [];

beforeAll(async () => {
  server = await startServerProcess();
  api = await createOwner(server);
});
afterEach(async () => {
  for (const close of open.splice(0)) close();
  await waitFor("every collector to be offline", async () => (await api.trpc.fleet.list.query()).every((row) => row.state === "offline"));
});
afterAll(() => server?.remove());

async function connected(name: string, hello: Parameters<Awaited<ReturnType<typeof enrol>>["connect"]>[0] = CAN_EXPLAIN) {
  const token = readFileSync(join(server.dataDir, "local-enrolment-token"), "utf8").trim();
  const collector = await enrol(server.fleet, token, { name, instanceUid: randomUUID() });
  const stream = collector.connect(hello);
  open.push(() => {
    stream.cancel();
    collector.close();
  });
  await stream.next("the welcome", (message) => message.welcome);
  return stream;
}

const asked = (stream: ConnectedCollector) => stream.next("the question", (message) => message.command?.explain && message.command);
async function answers(stream: ConnectedCollector, explanation: string) {
  const { commandId } = await asked(stream);
  stream.send({ commandResult: { commandId, ok: true, tookMs: 1, explanation } });
}
const explain = (traceId = TRACE_ID) => api.trpc.live.explain.query({ traceId });

describe("what became of a trace", () => {
  it("is asked of every collector that is connected, and told by those first that know most", async () => {
    const explanations = (["neverSeen", "unknown", "forgotten", "remembered", "waiting", "decided"] as const).map((kind) => explanationOf(kind, TRACE_ID));
    for (const explanation of explanations) void answers(await connected(explanation.kind), JSON.stringify(explanation));
    const before = Date.now();
    const told = await explain(` ${TRACE_ID.toUpperCase().replace(/^(.{8})(.{4})/, "$1-$2-")} `);
    expect(told.traceId).toBe(TRACE_ID);
    expect(told.askedAtMs).toBeGreaterThanOrEqual(before);
    expect(told.answers.map((answer) => answer.collectorName)).toEqual(["decided", "waiting", "remembered", "forgotten", "unknown", "neverSeen"]);
    expect(told.answers.map((answer) => answer.explanation)).toEqual([...explanations].reverse());
    expect(told.answers[0]).toEqual({
      collectorId: expect.any(String),
      collectorName: "decided",
      explanation: explanations.at(-1),
      problem: null,
      tookMs: expect.any(Number),
    });
  });

  it("is told by the others when some can't answer, with the reason of each", async () => {
    const answering = await connected("answers");
    const silent = await connected("is silent");
    const garbled = await connected("sends garbage");
    const other = await connected("means another trace");
    const refusing = await connected("refuses");
    const leaving = await connected("leaves");
    const old = await connected("is old", {});
    void answers(await connected("says too much"), JSON.stringify({ ...explanationOf("neverSeen", TRACE_ID), padding: "x".repeat(300_000) }));
    void answers(answering, JSON.stringify(explanationOf("neverSeen", TRACE_ID)));
    void answers(garbled, '{"kind":"decided"');
    void answers(other, JSON.stringify(explanationOf("neverSeen", "f".repeat(32))));
    void asked(refusing).then(({ commandId }) => refusing.send({ commandResult: { commandId, ok: false, message: "out of memory", tookMs: 1 } }));
    void asked(leaving).then(() => leaving.cancel());
    const told = await explain();
    expect(told.answers[0]).toMatchObject({ collectorName: "answers", explanation: { kind: "neverSeen" }, problem: null });
    expect(Object.fromEntries(told.answers.slice(1).map((answer) => [answer.collectorName, [answer.explanation, answer.problem]]))).toEqual({
      "is silent": [null, "the collector gave no answer within 5 s"],
      "sends garbage": [null, expect.stringContaining("can't be understood: it is not JSON")],
      "means another trace": [null, expect.stringContaining("about another trace")],
      refuses: [null, "out of memory"],
      leaves: [null, "the collector disconnected before it answered"],
      "says too much": [null, "its answer is longer than the 262144 characters allowed"],
      "is old": [null, "it is of a version that can't explain traces; update it"],
    });
    expect(old.received.some((message) => message.command)).toBe(false);
    // An answer that comes too late harms nobody.
    const { commandId } = await asked(silent);
    silent.send({ commandResult: { commandId, ok: true, tookMs: 6_000, explanation: JSON.stringify(explanationOf("waiting", TRACE_ID)) } });
    silent.send({ commandResult: { commandId: "never given", ok: true, tookMs: 1, explanation: "" } });
    expect((await api.trpc.fleet.list.query()).filter((row) => row.state === "online")).toHaveLength(7);
  });

  it("is answered with nothing while no collector is connected", async () => {
    expect(await explain()).toMatchObject({ traceId: TRACE_ID, answers: [] });
  });

  it.each([["xyz"], ["0".repeat(32)], [`${TRACE_ID}0`], [""]])("is not asked with %j, which is no trace id", async (traceId) => {
    await expect(explain(traceId)).rejects.toThrow("traceId: must be a trace id: 32 hex digits, not all zero");
  });

  it("is told to nobody who has not signed in", async () => {
    const nobody = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${server.http}/trpc` })] });
    await expect(nobody.live.explain.query({ traceId: TRACE_ID })).rejects.toThrow("sign in first");
  });

  it("is looked up for ten at the same time; the next is told to wait, and who goes away makes room at once", async () => {
    const stream = await connected("holds back");
    const abort = new AbortController();
    const ten = Promise.allSettled(Array.from({ length: 10 }, () => api.trpc.live.explain.query({ traceId: TRACE_ID }, { signal: abort.signal })));
    const questions = () => stream.received.filter((message) => message.command?.explain);
    await waitFor("ten questions", () => questions().length === 10);
    await expect(explain()).rejects.toMatchObject({ message: expect.stringContaining("try again in a few seconds"), data: { appCode: "TOO_MANY" } });
    expect(await (await fetch(`${server.http}/metrics`)).text()).toContain("headgate_explains_refused_total 1");
    abort.abort();
    await ten;
    const started = performance.now();
    const eleventh = waitFor("an eleventh question", () => questions()[10]?.command ?? undefined);
    void eleventh.then(({ commandId }) =>
      stream.send({ commandResult: { commandId, ok: true, explanation: JSON.stringify(explanationOf("waiting", TRACE_ID)) } }),
    );
    const told = await waitFor("room for another", () => explain().catch(() => undefined));
    expect(told.answers).toMatchObject([{ explanation: { kind: "waiting" } }]);
    expect(performance.now() - started).toBeLessThan(4_000);
  });
});
