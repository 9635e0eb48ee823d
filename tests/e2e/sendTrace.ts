import { randomBytes } from "node:crypto";

export type SentSpan = { name: string; root?: boolean; error?: boolean; service?: string };

/** Sends one trace in one OTLP/HTTP JSON request, its spans as given, children of the first root or of a span that is not sent. Gives the trace id. */
export async function sendTrace(port: number, spans: readonly SentSpan[], traceId = randomBytes(16).toString("hex")): Promise<string> {
  const endMs = Date.now();
  const rootId = randomBytes(8).toString("hex");
  const resourceSpans = spans.map(({ name, root = false, error = false, service = "shop" }) => ({
    resource: { attributes: [{ key: "service.name", value: { stringValue: service } }] },
    scopeSpans: [
      {
        scope: { name: "test" },
        spans: [
          {
            traceId,
            spanId: root ? rootId : randomBytes(8).toString("hex"),
            ...(root ? {} : { parentSpanId: rootId }),
            name,
            kind: 2,
            startTimeUnixNano: `${endMs - 20}000000`,
            endTimeUnixNano: `${endMs}000000`,
            attributes: [],
            status: error ? { code: 2, message: "declined" } : {},
          },
        ],
      },
    ],
  }));
  const response = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans }),
  });
  if (!response.ok) throw new Error(`/v1/traces answered ${response.status}: ${await response.text()}`);
  await response.text();
  return traceId;
}
