import { ENTRIES, OPERATIONS, type Operation } from "./shop.ts";
import type { Xoshiro128 } from "./xoshiro128.ts";

/** One span before it has ids: times are relative to the trace's beginning. */
export type SpanDraft = {
  operation: Operation;
  kind: "server" | "client" | "producer" | "internal";
  service: string;
  parent: number;
  startNs: number;
  durationNs: number;
  failed: boolean;
};

/** Shares of traces in which something goes wrong somewhere; spread over their spans they give about 1% errors and 2% above 500 ms. */
const FAILING_TRACES = 0.055;
const SLOW_TRACES = 0.075;

/** The spans of one visit, parents before children. A call between services is a client span and, within it, the other's server span. */
export function makeTrace(random: Xoshiro128): SpanDraft[] {
  const spans: SpanDraft[] = [];
  const entry = weighted(random);
  addOperation(spans, entry, -1, 0, random);
  const failing = random.float() < FAILING_TRACES ? random.below(spans.length) : -1;
  if (failing >= 0) fail(spans, failing, random);
  if (random.float() < SLOW_TRACES) slowDown(spans, random);
  return spans;
}

function weighted(random: Xoshiro128): Operation {
  let rest = random.float() * ENTRIES.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [name, weight] of ENTRIES) {
    rest -= weight;
    if (rest < 0) return OPERATIONS[name];
  }
  return OPERATIONS[ENTRIES[0][0]];
}

/** Appends the operation's server span (or the one client span of a store) with all it calls; returns when it ends. */
function addOperation(spans: SpanDraft[], operation: Operation, parent: number, startNs: number, random: Xoshiro128): number {
  const index = spans.length;
  const remote = operation.kind === "http" || operation.kind === "rpc";
  const span: SpanDraft = {
    operation,
    kind: remote ? "server" : operation.kind === "queue" ? "producer" : "client",
    service: operation.service,
    parent,
    startNs,
    durationNs: 0,
    failed: false,
  };
  spans.push(span);
  const ownNs = Math.round(random.logNormal(operation.ownMs, 0.5) * 1e6);
  let at = startNs + Math.round(ownNs * 0.4);
  for (const [name, probability] of operation.calls ?? []) {
    if (random.float() >= probability) continue;
    at = addCall(spans, OPERATIONS[name], index, at, operation.service, random);
  }
  const endNs = at + Math.round(ownNs * 0.6);
  span.durationNs = endNs - startNs;
  return endNs;
}

function addCall(spans: SpanDraft[], target: Operation, parent: number, startNs: number, caller: string, random: Xoshiro128): number {
  if (target.kind !== "http" && target.kind !== "rpc")
    return addOperation(spans, target.service === caller ? target : { ...target, service: caller }, parent, startNs, random);
  const client: SpanDraft = { operation: target, kind: "client", service: caller, parent, startNs, durationNs: 0, failed: false };
  const index = spans.push(client) - 1;
  const wireNs = Math.round(random.logNormal(0.3, 0.4) * 1e6);
  const endNs = addOperation(spans, target, index, startNs + wireNs, random) + wireNs;
  client.durationNs = endNs - startNs;
  return endNs;
}

// A failure travels up until somebody handles it.
function fail(spans: SpanDraft[], from: number, random: Xoshiro128): void {
  for (let index = from; index >= 0; index = spans[index].parent) {
    spans[index].failed = true;
    if (random.float() < 0.25) return;
  }
}

// One span takes long, and so do all that wait for it.
function slowDown(spans: SpanDraft[], random: Xoshiro128): void {
  const from = random.below(spans.length);
  const addedNs = Math.round(random.logNormal(900, 0.5) * 1e6);
  for (let index = from; index >= 0; index = spans[index].parent) spans[index].durationNs += addedNs;
}
