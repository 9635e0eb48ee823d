import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type PipelineSettings, pipelineSettingsSchema, type RecordingSettings } from "#domain/pipeline/pipelineSettings.ts";
import { attributeField, bytesField, textField } from "#traffic/encode.ts";
import { scanTraces } from "../otlp/scanTraces.ts";
import { SpanTable } from "../otlp/spanTable.ts";
import { compilePolicy } from "../sample/compilePolicy.ts";
import { seededRandom } from "../sample/wireTestData.ts";
import { openRecording } from "./openRecording.ts";
import { recordingHash } from "./recordedShare.ts";
import type { RecordedPart, Recording } from "./recording.ts";

export const temporaryFolder = () => mkdtemp(path.join(tmpdir(), "headgate-recording-"));

export function recordingSettings(over: Partial<RecordingSettings> = {}): RecordingSettings {
  const settings: PipelineSettings = pipelineSettingsSchema.parse({});
  return { ...settings.recording, ...over };
}

const { matcher } = compilePolicy({
  scope: "span",
  tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 1 } }],
});

/** `hashesIds`: as in span scope. */
export function scanned(bytes: Buffer, hashesIds = false): SpanTable {
  const table = new SpanTable();
  if (hashesIds) table.hashIds();
  scanTraces(bytes, 0, bytes.length, table, matcher);
  return table;
}

export type GivenSpan = { trace: number; span: number; attributes?: Record<string, string> };

/** Trace ids are spread as random ones are. */
function traceIdOf(trace: number): Buffer {
  const random = seededRandom(trace * 7919 + 1);
  return Buffer.from(Array.from({ length: 16 }, () => random(256)));
}

function spanIdOf(span: number): Buffer {
  const id = Buffer.alloc(8);
  id.writeUInt32BE(1, 0);
  id.writeUInt32BE(span, 4);
  return id;
}

/** A request of one resource and scope. */
export function requestOf(spans: readonly GivenSpan[]): Buffer {
  const resource = bytesField(1, attributeField(1, "service.name", "shop"));
  const scope = bytesField(1, textField(1, "lib"));
  return bytesField(1, Buffer.concat([resource, bytesField(2, Buffer.concat([scope, ...spans.map(spanField)]))]));
}

function spanField({ trace, span, attributes = {} }: GivenSpan): Buffer {
  const fields = Object.entries(attributes).map(([key, value]) => attributeField(9, key, value));
  return bytesField(2, Buffer.concat([bytesField(1, traceIdOf(trace)), bytesField(2, spanIdOf(span)), textField(5, "GET /"), ...fields]));
}

/** The ids of the spans in a request, as `trace/span` in hexadecimal. */
export function spanIdsIn(request: Buffer): string[] {
  const table = scanned(request);
  return Array.from({ length: table.spans }, (_, span) => {
    const at = table.idAt[span];
    // The id of the span follows that of its trace, as requestOf writes them.
    return `${request.toString("hex", at, at + 16)}/${request.toString("hex", at + 18, at + 26)}`;
  });
}

export function hashOfTrace(trace: number): number {
  const id = traceIdOf(trace);
  return recordingHash(id.readInt32BE(0), id.readInt32BE(4), id.readInt32BE(8), id.readInt32BE(12));
}

export const idOf = ({ trace, span }: GivenSpan) => `${traceIdOf(trace).toString("hex")}/${spanIdOf(span).toString("hex")}`;

export async function readAll(
  folder: string,
  now = Date.now(),
  backMs = 86_400_000,
): Promise<{ recording: Recording; parts: RecordedPart[]; ids: string[]; bytesRead: number }> {
  const recording = await openRecording(folder, backMs, now);
  const parts: RecordedPart[] = [];
  let last = 0;
  for await (const { part, bytesRead } of recording.parts(new AbortController().signal)) {
    parts.push({ ...part, request: Buffer.from(part.request) });
    last = bytesRead;
  }
  return { recording, parts, ids: parts.flatMap(({ request }) => spanIdsIn(request)), bytesRead: last };
}
