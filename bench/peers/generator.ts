// A process of its own (started by bench/peers.ts): sends the corpus round after round, each time with new trace ids, and measures the acknowledgements.
import { type CorpusShape, makeCorpus, type RoundMask, roundMask } from "./corpus.ts";
import { GrpcConnection } from "./grpcConnection.ts";
import { HttpConnection } from "./httpConnection.ts";
import { type PeerProtocol, PreparedRequest } from "./preparedRequest.ts";

export type GeneratorSetting = { port: number; protocol: PeerProtocol; shape: CorpusShape; connections: number; inFlight: number };
/** Spans per second in an open loop; without it as fast as answers come, `inFlight` requests at a time. */
export type GeneratorOrder = { seconds: number; spansPerSecond?: number };
export type GeneratorResult = {
  seconds: number;
  sent: number;
  acknowledged: number;
  /** Refused, or not answered within `ANSWER_MS`. */
  refused: number;
  p50Ms: number;
  p99Ms: number;
  /** CPU that this process took, to say when it was the bound. */
  cpuSeconds: number;
};
export type PeerConnection = { send(request: PreparedRequest): Promise<boolean>; close(): void };

const ANSWER_MS = 30_000;
/** What a client waits after a refusal at the least. */
const BACK_OFF_MS = 50;

const { port, protocol, shape, connections, inFlight }: GeneratorSetting = JSON.parse(process.argv[2]);
const prepared = makeCorpus(shape, Date.now()).map((request) => new PreparedRequest(request, protocol));
// HTTP/1.1 takes one request at a time on a connection.
const all: PeerConnection[] = Array.from({ length: protocol === "grpc" ? connections : inFlight }, () =>
  protocol === "grpc" ? new GrpcConnection(port) : new HttpConnection(port),
);
const acknowledged: number[] = [];
const isBusy = new Uint8Array(prepared.length);
let mask: { round: number; mask: RoundMask } = { round: -1, mask: { high: 0, low: 0 } };
let next = 0;

function maskOf(round: number): RoundMask {
  if (mask.round !== round) mask = { round, mask: roundMask(shape.seed, round) };
  return mask.mask;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Resolves with whether it was acknowledged in time. The next of the corpus whose bytes are not on their way any more. */
async function sendNext(connection: PeerConnection): Promise<boolean> {
  while (isBusy[next % prepared.length]) {
    if (isBusy.every((busy) => busy)) await pause(1);
    else next++;
  }
  const number = next++;
  const at = number % prepared.length;
  const round = Math.floor(number / prepared.length);
  isBusy[at] = 1;
  prepared[at].patch(round, maskOf(round));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ANSWER_MS);
  });
  const taken = await Promise.race([connection.send(prepared[at]), late]);
  clearTimeout(timer);
  // Without an answer the bytes may still lie in the socket, so they stay busy.
  if (taken !== undefined) isBusy[at] = 0;
  if (taken) acknowledged.push(number);
  return taken === true;
}

async function run({ seconds, spansPerSecond }: GeneratorOrder): Promise<GeneratorResult> {
  const latencies: number[] = [];
  const before = process.cpuUsage();
  const began = performance.now();
  const until = began + seconds * 1000;
  let taken = 0;
  let refused = 0;
  const one = async (connection: PeerConnection, dueAt: number) => {
    const isTaken = await sendNext(connection);
    if (isTaken) taken++;
    else refused++;
    latencies.push(performance.now() - dueAt);
    return isTaken;
  };
  if (spansPerSecond === undefined) {
    const loop = async (connection: PeerConnection) => {
      for (let now = performance.now(); now < until; now = performance.now()) if (!(await one(connection, now))) await pause(BACK_OFF_MS);
    };
    await Promise.all(Array.from({ length: inFlight }, (_, at) => loop(all[at % all.length])));
  } else await openLoop(seconds, spansPerSecond / shape.spans, began, one);
  const tookSeconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(before);
  latencies.sort((a, b) => a - b);
  const at = (q: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * q))] ?? Number.NaN;
  return {
    seconds: tookSeconds,
    sent: (taken + refused) * shape.spans,
    acknowledged: taken * shape.spans,
    refused: refused * shape.spans,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    cpuSeconds: (user + system) / 1e6,
  };
}

/** Latency counts from when a request was due, so that a stalled collector can't hide behind requests that were never sent. */
async function openLoop(
  seconds: number,
  perSecond: number,
  began: number,
  one: (connection: PeerConnection, dueAt: number) => Promise<boolean>,
): Promise<void> {
  const free = [...all];
  const waiting: number[] = [];
  const running = new Set<Promise<void>>();
  const total = Math.floor(seconds * perSecond);
  let due = 0;
  // Over HTTP/1.1 a request waits for a connection.
  const start = () => {
    while (waiting.length > 0) {
      const connection = protocol === "grpc" ? all[(due - waiting.length) % all.length] : free.pop();
      if (connection === undefined) return;
      const dueAt = waiting.shift() ?? 0;
      const request: Promise<void> = one(connection, dueAt).then(() => {
        running.delete(request);
        if (protocol === "http") free.push(connection);
        start();
      });
      running.add(request);
    }
  };
  while (due < total) {
    const now = Math.min(total, Math.floor(((performance.now() - began) / 1000) * perSecond) + 1);
    for (; due < now; due++) waiting.push(began + (due / perSecond) * 1000);
    start();
    if (due < total) await pause(Math.max(1, began + (due / perSecond) * 1000 - performance.now()));
  }
  while (running.size > 0) await Promise.race(running);
}

process.on("message", (order: GeneratorOrder | "acknowledged") => {
  if (order === "acknowledged") process.send?.(acknowledged);
  else void run(order).then((result) => process.send?.(result));
});
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
