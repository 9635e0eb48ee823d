// A process of its own (started by bench/collector.ts): sends prepared 512-span requests over OTLP/gRPC and measures the acknowledgements.
import http2 from "node:http2";
import { scanTraces } from "#collector/otlp/scanTraces.ts";
import { SpanTable } from "#collector/otlp/spanTable.ts";
import { compilePolicy } from "#collector/sample/compilePolicy.ts";
import { DEFAULT_TIERS } from "#domain/sampling/samplingPolicy.ts";
import { createTraffic } from "#traffic/createTraffic.ts";

export type LoadOrder = {
  kind: "run";
  seconds: number /** Requests per second in an open loop; absent: as fast as answers come. */;
  requestsPerSecond?: number;
  /** New traces each time, instead of the prepared ones over and over: about 0.1 µs a span. */
  fresh?: boolean;
};
export type LoadResult = { seconds: number; spans: number; refused: number; p50Ms: number; p99Ms: number };

const [port, spansPerRequest, connections, inFlightPerConnection, seed] = process.argv.slice(2).map(Number);
const CORPUS = 96;
const PATH = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const WINDOW = 16 << 20;

const { matcher } = compilePolicy({ scope: "span", tiers: DEFAULT_TIERS });
const traffic = createTraffic({ seed, now: Date.now });
function frame(): Buffer {
  const request = traffic.nextRequest(spansPerRequest);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(request.length, 1);
  return Buffer.concat([head, request]);
}
const frames = Array.from({ length: CORPUS }, frame);
const idsOf = frames.map(traceIdPlaces);
const sessions = Array.from({ length: connections }, () => {
  const session = http2.connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: WINDOW }, maxSessionMemory: 1024 });
  session.on("error", () => {});
  return session;
});
let next = 0;

/** Where the trace ids of a frame stand. */
function traceIdPlaces(bytes: Buffer): Int32Array {
  const table = new SpanTable();
  const spans = scanTraces(bytes, 5, bytes.length, table, matcher);
  return table.idAt.slice(0, spans);
}

/** A prepared request whose traces nobody has seen: all of one round through the corpus are changed alike, so that a trace's spans in other requests stay with it. */
function freshFrame(): Buffer {
  const at = next % CORPUS;
  const round = Math.floor(next++ / CORPUS) + 1;
  const bytes = Buffer.from(frames[at]);
  // The first bytes: the last seven decide.
  for (const place of idsOf[at]) bytes.writeInt32LE(bytes.readInt32LE(place) ^ Math.imul(round, 0x9e3779b1), place);
  return bytes;
}

/** Resolves with whether the collector took it. */
function send(session: http2.ClientHttp2Session, fresh: boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const stream = session.request({ ":method": "POST", ":path": PATH, "content-type": "application/grpc", te: "trailers" });
    let status: unknown;
    stream.on("response", (headers) => {
      status = headers["grpc-status"];
    });
    stream.on("trailers", (headers) => {
      status ??= headers["grpc-status"];
    });
    stream.on("error", () => {});
    stream.on("close", () => resolve(status === "0"));
    stream.resume();
    stream.end(fresh ? freshFrame() : frames[next++ % CORPUS]);
  });
}

async function run({ seconds, requestsPerSecond, fresh = false }: LoadOrder): Promise<LoadResult> {
  const latencies: number[] = [];
  const began = performance.now();
  const until = began + seconds * 1000;
  let taken = 0;
  let refused = 0;
  const one = async (session: http2.ClientHttp2Session, dueAt: number) => {
    if (await send(session, fresh)) taken++;
    else refused++;
    latencies.push(performance.now() - dueAt);
  };
  if (requestsPerSecond === undefined) {
    const loops = sessions.flatMap((session) =>
      Array.from({ length: inFlightPerConnection }, async () => {
        for (let now = performance.now(); now < until; now = performance.now()) await one(session, now);
      }),
    );
    await Promise.all(loops);
  } else {
    // Latency counts from when a request was due, so that a stalled collector can't hide behind requests that were never sent.
    const running: Promise<void>[] = [];
    const total = Math.floor(seconds * requestsPerSecond);
    for (let sent = 0; sent < total; ) {
      const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * requestsPerSecond));
      for (; sent < due; sent++) running.push(one(sessions[sent % connections], began + (sent / requestsPerSecond) * 1000));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(running);
  }
  const tookSeconds = (performance.now() - began) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (q: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * q))] ?? Number.NaN;
  return { seconds: tookSeconds, spans: taken * spansPerRequest, refused: refused * spansPerRequest, p50Ms: at(0.5), p99Ms: at(0.99) };
}

process.on("message", (order: LoadOrder) => void run(order).then((result) => process.send?.(result)));
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
