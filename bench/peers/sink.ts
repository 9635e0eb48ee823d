// A process of its own (started by bench/peers.ts): a backend over OTLP/gRPC and OTLP/HTTP that acknowledges everything and marks each span that arrives.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { type ArrivalFigures, Arrivals, countMissing, type Promised } from "./arrivals.ts";
import { type CorpusShape, makeCorpus } from "./corpus.ts";
import { createGrpcSink } from "./grpcSink.ts";

export type SinkReady = { grpc: number; http: number };
export type SinkOrder = { kind: "figures" } | { kind: "check"; acknowledged: number[]; promised: Promised };
export type SinkFigures = ArrivalFigures & { cpuSeconds: number };
export type SinkCheck = { promised: number; missing: number };

const shape: CorpusShape = JSON.parse(process.argv[2]);
const arrivals = new Arrivals(shape);

function answer(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    arrivals.take(Buffer.concat(chunks));
    response.writeHead(200, { "content-type": "application/x-protobuf", "content-length": 0 }).end();
  });
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

process.on("message", (order: SinkOrder) => {
  const { user, system } = process.cpuUsage();
  if (order.kind === "figures") process.send?.({ ...arrivals.figures(), cpuSeconds: (user + system) / 1e6 } satisfies SinkFigures);
  else process.send?.(countMissing(arrivals, makeCorpus(shape, Date.now()), shape.seed, order.acknowledged, order.promised) satisfies SinkCheck);
});
process.on("disconnect", () => process.exit(0));
process.send?.({ grpc: await listen(createGrpcSink((message) => arrivals.take(message))), http: await listen(createServer(answer)) } satisfies SinkReady);
