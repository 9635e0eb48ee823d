import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRecording } from "#collector/record/openRecording.ts";
import { isWithinShare, recordingHash } from "#collector/record/recordedShare.ts";
import type { RecordedPart, Recording } from "#collector/record/recording.ts";
import { parseCollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { canonicalJson, configHash } from "#domain/fleet/configHash.ts";
import { createTraffic } from "#traffic/createTraffic.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { startFakeFleet, TOKEN } from "../fixtures/fakeFleet.ts";
import { connectGrpc } from "../fixtures/grpcCall.ts";
import { type CollectorRun, startCollector } from "../fixtures/managedCollector.ts";
import { readSpans, type SeenSpan } from "../fixtures/readSpans.ts";
import { waitFor } from "../fixtures/waitFor.ts";

const HOUR_MS = 3_600_000;
const tiers = [
  { name: "errors", condition: { kind: "status", is: "error" }, keep: { kind: "ratio", ratio: 1 } },
  { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0.1 } },
];
const SPAN = { scope: "span", tiers };
const TRACE = { scope: "trace", decisionWaitMs: 500, decisionWaitAfterRootMs: 200, tiers };
const ALL = { spansPerSecondMax: 1_000_000 };

let folder: string;
const closing: (() => unknown)[] = [];
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

const configOf = (recording: object, sampling: object = SPAN, process: object = {}) => ({
  sampling,
  pipeline: { recording },
  export: { kind: "discard" },
  ...process,
});

async function start(config: unknown, { into = folder, env = {} }: { into?: string; env?: Record<string, string> } = {}): Promise<CollectorRun> {
  const collector = await startCollector(into, { config, env });
  closing.push(() => collector.process.stop());
  return collector;
}

const idsOf = (spans: readonly SeenSpan[]) => spans.map(({ traceId, spanId }) => `${traceId}/${spanId}`).sort();

async function read(data = join(folder, "data")): Promise<{ recording: Recording; parts: RecordedPart[]; spans: SeenSpan[] }> {
  const recording = await openRecording(data, HOUR_MS, Date.now());
  const parts: RecordedPart[] = [];
  for await (const { part } of recording.parts(new AbortController().signal)) parts.push({ ...part, request: Buffer.from(part.request) });
  return { recording, parts, spans: parts.flatMap(({ request }) => readSpans(request)) };
}

const recordedSpans = async (collector: CollectorRun) => (await collector.metrics()).get("headgate_recording_spans_total") ?? 0;

describe("what a collector has recorded", () => {
  it.each([
    ["span scope", SPAN, {}],
    ["span scope in two threads", SPAN, { workers: 2 }],
    ["trace scope", TRACE, {}],
    ["trace scope in two threads", TRACE, { workers: 2 }],
  ])("is each accepted span once, kept or not, and nothing of what was refused: %s", async (_name, sampling, process) => {
    const collector = await start(configOf(ALL, sampling, process));
    const traffic = createTraffic({ seed: 3, now: Date.now });
    const sent: SeenSpan[] = [];
    const connections = [0, 1, 2, 3].map(() => connectGrpc(collector.otlpGrpc));
    for (let request = 0; request < 24; request++) {
      const bytes = traffic.nextRequest(100);
      expect(await connections[request % 4].call(bytes)).toMatchObject({ grpcStatus: 0 });
      sent.push(...readSpans(bytes));
      const refused = traffic.nextRequest(20);
      expect(await connections[request % 4].call(refused.subarray(0, refused.length - 3))).not.toMatchObject({ grpcStatus: 0 });
    }
    for (const connection of connections) connection.close();
    await collector.process.stop();
    const { recording, parts, spans } = await read();
    expect(idsOf(spans)).toEqual(idsOf(sent));
    expect(parts.reduce((sum, { seenSpans }) => sum + seenSpans, 0)).toBe(sent.length);
    expect(parts.map(({ atMs }) => atMs)).toEqual(parts.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
    expect(recording).toMatchObject({ share: 1, gaps: [] });
    // Attributes of the default list are there without their values.
    expect(recording.redacted).toContain("db.query.text");
  });

  it("is the same traces in two collectors, whole together, while their shares go down", async () => {
    const second = temporaryFolder();
    closing.push(() => rmSync(second, { recursive: true, force: true }));
    const collectors = [
      await start(configOf({ spansPerSecondMax: 20 }), {}),
      await start(configOf({ spansPerSecondMax: 60 }, SPAN, { workers: 2 }), { into: second }),
    ];
    const connections = collectors.flatMap(({ otlpGrpc }) => [connectGrpc(otlpGrpc), connectGrpc(otlpGrpc)]);
    const traffic = createTraffic({ seed: 4, now: Date.now });
    const sent: SeenSpan[] = [];
    for (let request = 0; request < 120; request++) {
      // A trace's spans stand in requests one after the other, which go to different collectors and threads.
      const bytes = traffic.nextRequest(37);
      expect(await connections[request % 4].call(bytes)).toMatchObject({ grpcStatus: 0 });
      sent.push(...readSpans(bytes));
    }
    for (const connection of connections) connection.close();
    await Promise.all(collectors.map(({ process }) => process.stop()));
    const found = [await read(), await read(join(second, "data"))];
    const share = Math.min(...found.map(({ recording }) => recording.share));
    expect(share).toBeLessThanOrEqual(1 / 8);
    const within = ({ traceId }: SeenSpan) => {
      const id = Buffer.from(traceId, "hex");
      return isWithinShare(recordingHash(id.readInt32BE(0), id.readInt32BE(4), id.readInt32BE(8), id.readInt32BE(12)), share);
    };
    expect(idsOf(found.flatMap(({ spans }) => spans).filter(within))).toEqual(idsOf(sent.filter(within)));
    expect(sent.filter(within).length).toBeGreaterThan(50);
    for (const { recording, spans, parts } of found) {
      expect(recording.gaps).toEqual([]);
      expect(parts.reduce((sum, part) => sum + part.spans, 0)).toBe(spans.length);
    }
  });

  it("is not recorded again when it comes back from the write-ahead log, and a kill is a gap", async () => {
    const collector = await start({ ...configOf(ALL), export: { kind: "otlp", endpoint: "http://127.0.0.1:9" } });
    const grpc = connectGrpc(collector.otlpGrpc);
    const bytes = createTraffic({ seed: 5, now: Date.now }).nextRequest(200);
    expect(await grpc.call(bytes)).toMatchObject({ grpcStatus: 0 });
    await waitFor("the spans to be written", async () => (await recordedSpans(collector)) === 200);
    grpc.close();
    collector.process.kill("SIGKILL");
    await collector.process.ended;
    expect(idsOf((await read()).spans)).toEqual(idsOf(readSpans(bytes)));
    const next = await start({ ...configOf(ALL), export: { kind: "otlp", endpoint: "http://127.0.0.1:9" } });
    expect((await next.metrics()).get("headgate_spans_recovered_total")).toBeGreaterThan(0);
    const again = connectGrpc(next.otlpGrpc);
    const more = createTraffic({ seed: 8, now: Date.now }).nextRequest(10);
    expect(await again.call(more)).toMatchObject({ grpcStatus: 0 });
    again.close();
    await waitFor("what came then to be written", async () => (await recordedSpans(next)) === 10);
    next.process.kill("SIGKILL");
    await next.process.ended;
    const { recording, spans } = await read();
    expect(idsOf(spans)).toEqual(idsOf([...readSpans(bytes), ...readSpans(more)]));
    expect(recording.gaps).toMatchObject([{ reason: expect.stringContaining("ended without warning") }]);
  });
});

describe("the settings of a recording", () => {
  it("hold at once when the control plane changes them: a longer list and off delete what is there", async () => {
    const fleet = await startFakeFleet();
    closing.push(() => fleet.stop());
    const collector = await start(undefined, { env: { HEADGATE_FLEET_URL: fleet.url, HEADGATE_ENROLMENT_TOKEN: TOKEN } });
    await fleet.next("the greeting", (message) => message.hello);
    fleet.send({ watch: { intervalMs: 1000 } });
    let revision = 0;
    const apply = async (recording: object) => {
      const parsed = parseCollectorConfig(configOf(recording));
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
      const number = ++revision;
      fleet.send({ config: { revision: number, hash: configHash(parsed.value), body: canonicalJson(parsed.value) } });
      await fleet.next("the configuration to be applied", ({ configReport }) => configReport?.revision === number && configReport.state === 2);
    };
    const grpc = connectGrpc(collector.otlpGrpc);
    const traffic = createTraffic({ seed: 6, now: Date.now });
    const send = async () => {
      const before = await recordedSpans(collector);
      const bytes = traffic.nextRequest(50);
      expect(await grpc.call(bytes)).toMatchObject({ grpcStatus: 0 });
      await waitFor("it to be recorded", async () => (await recordedSpans(collector)) === before + 50);
      return bytes;
    };
    await apply({ ...ALL, redact: [] });
    const first = await send();
    expect((await read()).parts.some(({ request }) => request.includes("db.query.text"))).toBe(true);
    await apply({ ...ALL, redact: ["service.name"] });
    await waitFor("what was not redacted to be gone", async () => (await read()).spans.length === 0);
    const second = await send();
    const { parts, recording, spans } = await read();
    expect(idsOf(spans)).toEqual(idsOf(readSpans(second)));
    expect(idsOf(spans)).not.toEqual(idsOf(readSpans(first)));
    expect(new Set(parts.flatMap(({ request }) => readSpans(request)).map(({ resource }) => resource["service.name"]))).toEqual(new Set([""]));
    expect(recording.redacted).toEqual(["service.name"]);
    const told = await fleet.next("a measurement", ({ measurements }) => measurements?.items?.findLast((one) => (one.recording?.spansRecorded ?? 0) === 100));
    expect(told.recording).toMatchObject({ bytesMax: 268_435_456, share: 1, spansSkipped: 0, problem: "" });
    expect(statSync(join(folder, "data", "recording")).mode & 0o777).toBe(0o700);

    await apply({ enabled: false });
    await waitFor("the recording to be gone", () => !readdirSync(join(folder, "data")).includes("recording"));
    expect((await collector.metrics()).has("headgate_recording_bytes")).toBe(false);
    const from = fleet.received.length;
    await fleet.next("a measurement without one", ({ measurements }) => measurements?.items?.some((one) => !one.recording), from);
    grpc.close();
  });
});

/** A small file system of its own, where that is allowed. */
function mountedTmpfs(at: string, option: string): boolean {
  try {
    mkdirSync(at, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", option, "tmpfs", at], { stdio: "ignore" });
    closing.push(() => execFileSync("umount", ["-l", at], { stdio: "ignore" }));
    return true;
  } catch {
    return false;
  }
}

describe("a disk that is full or read-only", () => {
  it.for([
    ["full", "size=131072", "ENOSPC"],
    ["read-only", "ro", "EROFS"],
  ])("refuses nothing; what is not recorded is counted, with the reason: %s", async ([, option, code], context) => {
    const disk = join(folder, "data", "recording");
    if (!mountedTmpfs(disk, option)) context.skip("no file system can be mounted here");
    const fleet = await startFakeFleet();
    closing.push(() => fleet.stop());
    const collector = await start(configOf(ALL), { env: { HEADGATE_FLEET_URL: fleet.url, HEADGATE_ENROLMENT_TOKEN: TOKEN } });
    await fleet.next("the greeting", (message) => message.hello);
    fleet.send({ watch: { intervalMs: 1000 } });
    const grpc = connectGrpc(collector.otlpGrpc);
    const traffic = createTraffic({ seed: 7, now: Date.now });
    for (let request = 0; request < 30; request++) expect(await grpc.call(traffic.nextRequest(500))).toMatchObject({ grpcStatus: 0 });
    grpc.close();
    const { recording } = await fleet.next("the problem", ({ measurements }) => measurements?.items?.find((one) => one.recording?.problem));
    expect(recording?.problem).toContain(code);
    await waitFor("what was not recorded to be counted", async () => {
      const metrics = await collector.metrics();
      return (metrics.get("headgate_recording_spans_skipped_total") ?? 0) > 1000 && metrics.get("headgate_recording_healthy") === 0;
    });
    expect((await collector.ledger()).received).toBe(15_000);
    expect((await collector.ledger()).refused).toBe(0);
  });
});
