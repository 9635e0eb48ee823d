import { type ChildProcess, execFile } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { Recorder } from "#collector/record/recorder.ts";
import { VirtualClock } from "#collector/replay/virtualClock.ts";
import { compilePolicy } from "#collector/sample/compilePolicy.ts";
import { createSpanSampler } from "#collector/sample/spanSampler.ts";
import { REDACTED_BY_DEFAULT } from "#domain/pipeline/redaction.ts";
import { type ComparisonCounts, outcomeOf } from "#domain/sampling/compare/comparisonCounts.ts";
import { type ShadowReport, shadowReportSchema } from "#domain/sampling/compare/shadowReport.ts";
import { decide, randomnessOf, traceRandomness } from "#domain/sampling/decide.ts";
import { type SamplingPolicy, samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import type { SpanFacts } from "#domain/sampling/spanFacts.ts";
import { createTraffic } from "#traffic/createTraffic.ts";
import { cleanEnvironment, temporaryFolder } from "../fixtures/environment.ts";
import { type FakeFleet, startFakeFleet, TOKEN } from "../fixtures/fakeFleet.ts";
import { connectGrpc } from "../fixtures/grpcCall.ts";
import { type CollectorRun, startCollector } from "../fixtures/managedCollector.ts";
import { decodeFacts } from "../fixtures/traceFacts.ts";
import { waitFor } from "../fixtures/waitFor.ts";

const keep = (ratio: number) => ({ kind: "ratio" as const, ratio });
const errors = { name: "errors", condition: { kind: "status" as const, is: "error" as const }, keep: keep(1) };
const slow = { name: "slow", condition: { kind: "latency" as const, aboveMs: 100 }, keep: keep(1) };
const rest = (ratio: number) => ({ name: "default", condition: { kind: "always" as const }, keep: keep(ratio) });
const traceScope = { scope: "trace", decisionWaitMs: 1000, decisionWaitAfterRootMs: 1000 };
const bySpan = samplingPolicySchema.parse({ scope: "span", tiers: [errors, rest(0.3)] });
const byTrace = samplingPolicySchema.parse({ ...traceScope, tiers: [errors, rest(0.3)] });
const CANDIDATES = [{ scope: "span" }, traceScope].map((scope) => samplingPolicySchema.parse({ ...scope, tiers: [slow, rest(0.1)] }));
/** One that takes seconds over what the others take a moment for. */
const SLOW_CANDIDATE = samplingPolicySchema.parse({
  ...traceScope,
  tiers: [
    ...Array.from({ length: 60 }, (_, index) => {
      const values = ["x", "z"].map((letter) => `(/[a-z]+)*(${index}|${letter}${index}y)+[0-9]{2,4}$`);
      return { name: `pattern ${index}`, condition: { kind: "endpoint", match: "regex", values }, keep: keep(1) };
    }),
    rest(0.1),
  ],
});
const REQUESTS = 20;
const SPANS = 100;
const HOUR_MS = 3_600_000;
/** So many that reading them takes a while. */
const LONG = 100_000;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A managed collector that records all that comes. */
async function collectorWith(folder: string, sampling: object, workers = 1) {
  const fleet = await startFakeFleet();
  const config = { workers, sampling, pipeline: { recording: { spansPerSecondMax: 100_000 } }, export: { kind: "archive" } };
  const collector = await startCollector(folder, { config, env: { HEADGATE_FLEET_URL: fleet.url, HEADGATE_ENROLMENT_TOKEN: TOKEN } });
  closing.push(
    () => fleet.stop(),
    () => collector.process.stop(),
  );
  const hello = await fleet.next("the greeting", (message) => message.hello);
  expect(hello.capabilities).toContain("replay");
  const ask = (shadowId: string, policy: SamplingPolicy | undefined) =>
    fleet.send({ replay: { shadowId, policy: policy === undefined ? "" : JSON.stringify(policy), backMs: HOUR_MS } });
  return { fleet, collector, ask };
}

function newFolder(): string {
  const folder = temporaryFolder();
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Sends over several connections, which several threads share; what came, decoded by protobufjs. */
async function send({ otlpGrpc }: CollectorRun): Promise<SpanFacts[]> {
  const connections = Array.from({ length: 4 }, () => connectGrpc(otlpGrpc));
  closing.push(...connections.map((grpc) => () => grpc.close()));
  const traffic = createTraffic({ seed: 11, now: Date.now });
  const facts: SpanFacts[] = [];
  for (let request = 0; request < REQUESTS; request++) {
    const bytes = traffic.nextRequest(SPANS);
    expect(await connections[request % connections.length].call(bytes)).toMatchObject({ grpcStatus: 0 });
    facts.push(...decodeFacts(bytes).map((one) => one.facts));
  }
  return facts;
}

/** As a collector would have left it there: so many spans over the last half hour. */
async function recordBefore(folder: string, spans: number): Promise<void> {
  const perRequest = 500;
  const clock = new VirtualClock(Date.now() - HOUR_MS / 2);
  const settings = { enabled: true, bytesMax: 268_435_456, hoursMax: 24, spansPerSecondMax: 1e6, redact: [...REDACTED_BY_DEFAULT] };
  const recorder = new Recorder({ folder: join(folder, "data", "recording"), settings, clock });
  const traffic = createTraffic({ seed: 5, now: () => clock.unixMs() });
  const sampler = createSpanSampler();
  const compiled = compilePolicy(bySpan);
  for (let request = 0; request < spans / perRequest; request++) {
    const bytes = traffic.nextRequest(perRequest);
    sampler.sample(bytes, 0, bytes.length, compiled);
    recorder.accepted(bytes, sampler.table);
    clock.moveTo(clock.now() + 1000);
    await waitFor("the disk", () => (request + 1) * perRequest - (recorder.figures()?.spansRecorded ?? 0) < 4000, { everyMs: 1 });
  }
  await recorder.close(10_000);
  expect(recorder.figures()?.spansRecorded).toBe(spans);
}

const reportAfter = (fleet: FakeFleet, shadowId: string, is: (report: ShadowReport) => boolean, from = 0) =>
  fleet.next(
    `a report of ${shadowId}`,
    ({ shadowReport }) => {
      if (shadowReport?.shadowId !== shadowId) return undefined;
      const report = shadowReportSchema.parse(JSON.parse(shadowReport.report ?? ""));
      return is(report) && report;
    },
    from,
  );
const ended = ({ state }: ShadowReport) => state !== "running";

/** What decide() says of both policies about everything that came. */
function wantedOf(facts: readonly SpanFacts[], live: SamplingPolicy, candidate: SamplingPolicy) {
  const byId = Map.groupBy(facts, ({ traceId }) => traceId);
  const wanted = { both: 0, liveOnly: 0, candidateOnly: 0, neither: 0 };
  for (const span of facts) {
    const [ours, theirs] = [live, candidate].map((policy) => {
      if (policy.scope === "span") return decide({ spans: [span] }, policy, randomnessOf(span)).keep;
      const trace = { spans: byId.get(span.traceId) ?? [] };
      return decide(trace, policy, traceRandomness(trace)).keep;
    });
    wanted[outcomeOf(ours, theirs)]++;
  }
  return wanted;
}
const spansOf = ({ both, liveOnly, candidateOnly, neither }: ComparisonCounts["total"]) => ({
  both: both.spans,
  liveOnly: liveOnly.spans,
  candidateOnly: candidateOnly.spans,
  neither: neither.spans,
});

/** What was received is written every two seconds. */
async function untilRecorded({ fleet, ask }: Awaited<ReturnType<typeof collectorWith>>, spans: number): Promise<void> {
  let tries = 0;
  await waitFor("all to be recorded", async () => {
    const id = `try ${tries++}`;
    ask(id, CANDIDATES[0]);
    return (await reportAfter(fleet, id, ended)).counts.compared.spans === spans;
  });
}

describe("a replay", () => {
  it.each([
    ["span scope", bySpan, 1],
    ["trace scope in two threads", byTrace, 2],
  ])("counts over what was recorded just what decide() says of it, by span and by trace: %s runs", async (_name, live, workers) => {
    const managed = await collectorWith(newFolder(), live, workers);
    const { fleet, ask } = managed;
    ask("none", CANDIDATES[0]);
    const nothing = { state: "refused", reason: expect.stringContaining("nothing was recorded in the time asked for: ask for more hours, or wait") };
    expect(await reportAfter(fleet, "none", ended)).toMatchObject(nothing);
    const facts = await send(managed.collector);
    await untilRecorded(managed, facts.length);
    for (const [index, candidate] of CANDIDATES.entries()) {
      ask(`of ${index}`, candidate);
      const report = await reportAfter(fleet, `of ${index}`, ended);
      expect(report).toMatchObject({ state: "ended", reason: "", share: 1, live: { scope: live.scope }, counts: { seen: { spans: facts.length }, late: 0 } });
      expect(report.replay).toMatchObject({ progress: 1, recordedShare: 1, spans: facts.length, gaps: [], decidedEarly: 0 });
      expect(spansOf(report.counts.total)).toEqual(wantedOf(facts, live, candidate));
      expect(report.newlyDropped.length + report.newlyKept.length).toBeGreaterThan(0);
      // Asked for once more, as after a connection that was lost: it is not run again.
      const from = fleet.received.length;
      ask(`of ${index}`, candidate);
      expect(await reportAfter(fleet, `of ${index}`, ended, from)).toEqual(report);
    }
  });

  it("tells how far it is, takes no second one, is cancelled at once, and holds up no stop", async () => {
    const folder = newFolder();
    await recordBefore(folder, LONG);
    const { fleet, ask, collector } = await collectorWith(folder, bySpan);
    ask("a", SLOW_CANDIDATE);
    await reportAfter(fleet, "a", ({ state }) => state === "running");
    ask("b", CANDIDATES[1]);
    expect(await reportAfter(fleet, "b", ended)).toMatchObject({ state: "refused", reason: expect.stringContaining("one at a time") });
    await reportAfter(fleet, "a", ({ replay }) => (replay?.spans ?? 0) > 0);
    ask("a", undefined);
    const cancelled = await reportAfter(fleet, "a", ended);
    expect(cancelled.state).toBe("stopped");
    expect(cancelled.replay?.progress).toBeLessThan(1);
    expect(cancelled.counts.compared.spans).toBeLessThan(LONG);
    ask("c", SLOW_CANDIDATE);
    await reportAfter(fleet, "c", ({ state }) => state === "running");
    expect(await collector.process.stop()).toEqual({ code: 0, signal: null });
    expect(await reportAfter(fleet, "c", ended)).toMatchObject({ state: "stopped", reason: "the collector was stopped" });

    // Nobody runs there any more: what it has recorded can be read all the same.
    const policy = join(folder, "policy.json");
    writeFileSync(policy, JSON.stringify({ sampling: CANDIDATES[1] }));
    const data = ["--data", join(folder, "data"), "--config", join(folder, "collector.json")];
    const whole = await command("replay", policy, ...data, "--json");
    expect(whole.code).toBe(0);
    const report = shadowReportSchema.parse(JSON.parse(whole.stdout));
    expect(report).toMatchObject({ state: "ended", counts: { compared: { spans: LONG } }, live: { scope: "span" } });
    expect(whole.stderr).toContain("100% read, 100,000 spans");
    const words = await command("replay", policy, ...data);
    expect(words.stdout).toMatch(/^100,000 spans came in \d+ min/);
    expect(words.stdout).toMatch(/\n {2}slow +[\d,]+ +[\d,]+ +0 /);
    expect(words.stdout).toContain("Newly dropped: ");
    expect((await command("replay", policy, ...data, "--hours", "0.0001")).code).toBe(1);
    writeFileSync(policy, JSON.stringify(SLOW_CANDIDATE));
    const interrupted = command("replay", policy, ...data);
    interrupted.child.stderr?.once("data", () => interrupted.child.kill("SIGINT"));
    expect(await interrupted).toMatchObject({ code: 1, stdout: expect.stringMatching(/^Interrupted at \d+% of the recording/) });
    expect(await command("replay", policy, "--data", join(folder, "nowhere"))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("there is no data folder"),
    });
  });
});

type Ended = { code: number | null; stdout: string; stderr: string };

function command(...args: string[]): Promise<Ended> & { child: ChildProcess } {
  const main = join(import.meta.dirname, "..", "..", "collector", "main.ts");
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const child = execFile(process.execPath, [main, ...args], { env: cleanEnvironment() }, (_error, stdout, stderr) => {
    resolve({ code: child.exitCode, stdout, stderr });
  });
  return Object.assign(promise, { child });
}
