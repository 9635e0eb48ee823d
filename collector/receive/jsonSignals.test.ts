import { describe, expect, it } from "vitest";
import { SIGNALS, type Signal } from "#domain/pipeline/signals.ts";
import { decodeRequest, encodeNumbered, numberedRequest } from "../signals/signalTestData.ts";
import { jsonToProtobuf } from "./jsonToProtobuf.ts";

function converted(signal: Signal, json: unknown): unknown {
  const bytes = Buffer.from(typeof json === "string" ? json : JSON.stringify(json));
  const result = jsonToProtobuf(bytes, 0, bytes.length, signal);
  return Buffer.isBuffer(result) ? decodeRequest(signal, result) : result;
}
const inMetric = (metric: object) => ({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] });
const inRecord = (record: object) => ({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] });

describe("jsonToProtobuf of metrics and logs", () => {
  it.each(SIGNALS)("writes %s as another library does", (signal) => {
    expect(converted(signal, numberedRequest(signal, 5, 25))).toEqual(decodeRequest(signal, encodeNumbered(signal, 5, 25)));
  });

  it("carries every field of a log record over, ids in hexadecimal", () => {
    const attributes = [{ key: "a", value: { arrayValue: { values: [{ boolValue: true }, { doubleValue: 1.5 }] } } }];
    const record = {
      ...{ timeUnixNano: "18446744073709551615", observedTimeUnixNano: "2", severityNumber: 17, severityText: "ERROR", droppedAttributesCount: 3, flags: 257 },
      ...{ traceId: "5b8efff798038103d269b633813fc60c", spanId: "eee19b7ec3c1b174", eventName: "browser.page_view", attributes },
      body: { kvlistValue: { values: [{ key: "k", value: { intValue: "-9223372036854775808" } }] } },
    };
    const given = {
      resourceLogs: [
        {
          resource: { attributes, droppedAttributesCount: 1 },
          scopeLogs: [{ scope: { name: "n", version: "v", attributes, droppedAttributesCount: 2 }, logRecords: [record], schemaUrl: "u" }],
          schemaUrl: "r",
        },
      ],
    };
    expect(converted("logs", given)).toEqual(given);
  });

  it("carries every field of every kind of metric over", () => {
    const attributes = [{ key: "a", value: { stringValue: "b" } }];
    const times = { startTimeUnixNano: "1", timeUnixNano: "2" };
    const exemplars = [
      { filteredAttributes: attributes, timeUnixNano: "3", asInt: "-4", spanId: "eee19b7ec3c1b174", traceId: "5b8efff798038103d269b633813fc60c" },
      { asDouble: 0 },
    ];
    const head = { name: "n", description: "d", unit: "s", metadata: attributes };
    const metrics = [
      { ...head, gauge: { dataPoints: [{ ...times, attributes, asDouble: -0.25, exemplars, flags: 1 }, { asDouble: 0 }, { asInt: "0" }] } },
      { ...head, sum: { dataPoints: [{ ...times, asInt: "9223372036854775807" }], aggregationTemporality: 2, isMonotonic: true } },
      {
        ...head,
        histogram: {
          dataPoints: [
            {
              ...times,
              attributes,
              count: "6",
              sum: 0,
              bucketCounts: ["1", "18446744073709551615"],
              explicitBounds: [0.5],
              exemplars,
              flags: 1,
              min: 0,
              max: 9,
            },
          ],
          aggregationTemporality: 1,
        },
      },
      {
        ...head,
        exponentialHistogram: {
          dataPoints: [
            {
              ...{ ...times, attributes, count: "6", sum: -1, scale: -10, zeroCount: "2", flags: 1, exemplars, min: -3, max: 4, zeroThreshold: 0.001 },
              ...{
                positive: { offset: 2147483647, bucketCounts: ["0", "128", "18446744073709551615"] },
                negative: { offset: -2147483648, bucketCounts: ["1"] },
              },
            },
          ],
          aggregationTemporality: 2,
        },
      },
      {
        ...head,
        summary: {
          dataPoints: [
            {
              ...times,
              attributes,
              count: "6",
              sum: 3,
              quantileValues: [
                { quantile: 0.25, value: 1 },
                { quantile: 1, value: 2 },
              ],
              flags: 1,
            },
          ],
        },
      },
    ];
    const given = { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] };
    expect(converted("metrics", given)).toEqual(given);
  });

  it("keeps integers beyond 2^53 that are bare numbers, takes NaN and infinities, and ignores what it doesn't know", () => {
    expect(converted("logs", '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":1700000000000000123,"later":{"x":1}}]}]}]}')).toEqual(
      inRecord({ timeUnixNano: "1700000000000000123" }),
    );
    const point = (asDouble: unknown) => inMetric({ gauge: { dataPoints: [{ asDouble }] } });
    // JSON.stringify of what the reader gives shows all three as null.
    for (const value of ["NaN", "Infinity", "-Infinity"]) expect(converted("metrics", point(value))).toEqual(point(null));
  });

  it.each<[string, Signal, object, string]>([
    [
      "a trace id that is not hexadecimal",
      "logs",
      inRecord({ traceId: "xyz" }),
      "resourceLogs[0].scopeLogs[0].logRecords[0].traceId: must be 32 hexadecimal digits",
    ],
    ["a severity by its name", "logs", inRecord({ severityNumber: "SEVERITY_NUMBER_INFO" }), "severityNumber: must be the enum's number"],
    [
      "a negative bucket",
      "metrics",
      inMetric({ histogram: { dataPoints: [{ bucketCounts: [-1] }] } }),
      "dataPoints[0].bucketCounts[0]: must be a whole number",
    ],
    ["a bound that is no number", "metrics", inMetric({ histogram: { dataPoints: [{ explicitBounds: ["x"] }] } }), "explicitBounds[0]: must be a number"],
    [
      "a scale beyond 32 bits",
      "metrics",
      inMetric({ exponentialHistogram: { dataPoints: [{ scale: 2147483648 }] } }),
      "scale: must be a whole number of 32 bits",
    ],
    ["points that are no list", "metrics", inMetric({ sum: { dataPoints: {} } }), "sum.dataPoints: must be a list"],
    ["spans where logs are due", "logs", { resourceLogs: 1 }, "resourceLogs: must be a list"],
  ])("says where %s stands", (_what, signal, json, message) => {
    expect(converted(signal, json)).toMatchObject({ ok: false, reason: "malformed", message: expect.stringContaining(message) });
  });
});
