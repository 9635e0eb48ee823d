import type { OtlpSignal } from "../signals/otlpPaths.ts";
import { type Refusal, refusal } from "./answer.ts";
import { BackwardWriter } from "./backwardWriter.ts";
import { type JsonObject, JsonShapeError, list, object } from "./jsonFields.ts";
import { resourceLogs } from "./jsonLogs.ts";
import { each } from "./jsonMessages.ts";
import { resourceMetrics } from "./jsonMetrics.ts";
import { resourceSpans } from "./jsonTraces.ts";
import { JSON_DEPTH_MAX, surveyJson } from "./surveyJson.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** What a request is a list of, by the name that JSON has for it. */
const LISTS: Record<OtlpSignal, { name: string; write: (writer: BackwardWriter, item: JsonObject, path: string) => void }> = {
  traces: { name: "resourceSpans", write: resourceSpans },
  metrics: { name: "resourceMetrics", write: resourceMetrics },
  logs: { name: "resourceLogs", write: resourceLogs },
};

/**
 * Turns an OTLP/JSON request to export a signal into its protobuf bytes, so that everything behind the receiver sees one encoding.
 * Unknown fields are ignored, as the OTLP specification demands. Never throws.
 */
export function jsonToProtobuf(bytes: Buffer, start: number, end: number, signal: OtlpSignal = "traces"): Buffer | Refusal {
  const survey = surveyJson(bytes, start, end);
  if (survey.tooDeep) return refusal("too_deep", `the JSON is nested more than ${JSON_DEPTH_MAX} deep`);
  try {
    const json = utf8.decode(bytes.subarray(start, end));
    const body = object(survey.hasLongNumber ? JSON.parse(json, keepDigits) : JSON.parse(json), "request");
    if (body === undefined) return refusal("malformed", "request: must be an object");
    const writer = new BackwardWriter(Math.min(end - start, 4_194_304));
    const { name, write } = LISTS[signal];
    each(list(body[name], name), name, (item, path) => write(writer, item, path));
    return writer.finish();
  } catch (error) {
    if (error instanceof JsonShapeError) return refusal("malformed", error.message);
    return refusal("malformed", `the body is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** V8 hands a reviver the digits as they stood in the text; a whole number beyond 2^53 becomes a bigint, unless it has more digits than any 64-bit number. */
function keepDigits(_key: string, value: unknown, context?: { source: string }): unknown {
  const digits = context?.source ?? "";
  return typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d{1,20}$/.test(digits) ? BigInt(digits) : value;
}
