import { attributeField, bytesField, tag, textField, varint, varintField } from "./encode.ts";
import { makeTrace, type SpanDraft } from "./makeTrace.ts";
import { SERVICES } from "./shop.ts";
import { spanAttributes } from "./spanAttributes.ts";
import type { Xoshiro128 } from "./xoshiro128.ts";

/** An encoded request and where ids and times stand in it. Columns are by span; `parentAt` is −1 for a root. */
export type Template = {
  bytes: Buffer;
  spans: number;
  traces: number;
  trace: Int32Array;
  /** Position of the span and its parent within the trace: ids are made from it. */
  index: Int32Array;
  parent: Int32Array;
  traceIdAt: Int32Array;
  spanIdAt: Int32Array;
  parentAt: Int32Array;
  startAt: Int32Array;
  /** Nanoseconds from the trace's beginning. */
  startNs: Float64Array;
  durationNs: Float64Array;
};

const KINDS = { internal: 1, server: 2, client: 3, producer: 4 };
const EXCEPTIONS = [
  "java.net.SocketTimeoutException: Read timed out",
  "org.postgresql.util.PSQLException: deadlock detected",
  "io.grpc.StatusRuntimeException: INTERNAL",
];

type Placed = { draft: SpanDraft; trace: number; index: number };

/** A request of exactly `spans` spans, as a gateway would send it: many traces, their spans grouped by service. */
export function makeTemplate(spans: number, random: Xoshiro128): Template {
  const placed: Placed[] = [];
  let traces = 0;
  // The last trace is cut after as many spans as fit; parents stand before their children, so none is orphaned.
  for (; placed.length < spans; traces++) {
    for (const [index, draft] of makeTrace(random)
      .slice(0, spans - placed.length)
      .entries())
      placed.push({ draft, trace: traces, index });
  }
  const columns = () => new Int32Array(spans);
  const template: Template = {
    bytes: Buffer.alloc(0),
    spans,
    traces,
    trace: columns(),
    index: columns(),
    parent: columns(),
    traceIdAt: columns(),
    spanIdAt: columns(),
    parentAt: columns(),
    startAt: columns(),
    startNs: new Float64Array(spans),
    durationNs: new Float64Array(spans),
  };
  const pieces: Buffer[] = [];
  let at = 0;
  let row = 0;
  for (const service of SERVICES) {
    const own = placed.filter(({ draft }) => draft.service === service);
    if (own.length === 0) continue;
    const resource = bytesField(1, resourceOf(service));
    const scope = bytesField(1, Buffer.concat([textField(1, "io.opentelemetry.instrumentation"), textField(2, "2.18.0")]));
    const bodies = own.map(({ draft }) => encodeSpan(draft, random));
    const fields = bodies.map((body) => bytesField(2, body));
    const scopeBody = Buffer.concat([scope, ...fields]);
    const scopeField = bytesField(2, scopeBody);
    const head = Buffer.concat([tag(1, 2), varint(resource.length + scopeField.length)]);
    pieces.push(head, resource, scopeField);
    let spanAt = at + head.length + resource.length + scopeField.length - scopeBody.length + scope.length;
    for (const [position, { draft, trace, index }] of own.entries()) {
      const body = spanAt + fields[position].length - bodies[position].length;
      const hasParent = draft.parent >= 0;
      template.trace[row] = trace;
      template.index[row] = index;
      template.parent[row] = draft.parent;
      template.traceIdAt[row] = body + 2;
      template.spanIdAt[row] = body + 20;
      template.parentAt[row] = hasParent ? body + 30 : -1;
      // Behind the ids: start and end time, each a tag and eight bytes.
      template.startAt[row] = body + (hasParent ? 38 : 28) + 1;
      template.startNs[row] = draft.startNs;
      template.durationNs[row] = draft.durationNs;
      row++;
      spanAt += fields[position].length;
    }
    at += head.length + resource.length + scopeField.length;
  }
  template.bytes = Buffer.concat(pieces);
  return template;
}

// Ids and times first, so that their places follow from the body's; protobuf does not mind the order.
function encodeSpan(draft: SpanDraft, random: Xoshiro128): Buffer {
  const parent = draft.parent >= 0 ? [bytesField(4, Buffer.alloc(8))] : [];
  const time = (field: number) => Buffer.concat([tag(field, 1), Buffer.alloc(8)]);
  const attributes = spanAttributes(draft, random).map(([key, value]) => attributeField(9, key, value));
  const failure = draft.failed ? [exceptionEvent(random), bytesField(15, Buffer.concat([textField(2, "failed"), varintField(3, 2)]))] : [];
  return Buffer.concat([
    bytesField(1, Buffer.alloc(16)),
    bytesField(2, Buffer.alloc(8)),
    ...parent,
    time(7),
    time(8),
    textField(5, draft.operation.name),
    varintField(6, KINDS[draft.kind]),
    ...attributes,
    ...failure,
    Buffer.from([0x85, 0x01, 1, 1, 0, 0]),
  ]);
}

function exceptionEvent(random: Xoshiro128): Buffer {
  const [type, message] = random.pick(EXCEPTIONS).split(": ");
  const attributes = [attributeField(3, "exception.type", type), attributeField(3, "exception.message", message)];
  return bytesField(11, Buffer.concat([tag(1, 1), Buffer.alloc(8), textField(2, "exception"), ...attributes]));
}

function resourceOf(service: string): Buffer {
  const attributes: [string, string | boolean][] = [
    ["service.name", service],
    ["service.version", "1.42.0"],
    ["service.namespace", "shop"],
    ["deployment.environment.name", "demo"],
    ["telemetry.sdk.name", "opentelemetry"],
    ["telemetry.sdk.language", "java"],
    ["telemetry.sdk.version", "1.52.0"],
    ["host.name", `node-${service.length}.shop.example.com`],
    ["k8s.pod.name", `${service}-7d9c5b6f4-x2x${service.length}`],
    ["headgate.sample", true],
  ];
  return Buffer.concat(attributes.map(([key, value]) => attributeField(1, key, value)));
}
