import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import type { Batcher } from "./batch/batcher.ts";
import type { DeliveryQueue } from "./deliver/deliveryQueue.ts";
import type { HeapRelief } from "./heapRelief.ts";
import { SCAN_MALFORMED, SCAN_TOO_DEEP } from "./otlp/scanTraces.ts";
import { ACCEPTED, type Answer, type Intake, type Refusal, refusal } from "./receive/answer.ts";
import { type CompiledPolicy, compilePolicy } from "./sample/compilePolicy.ts";
import { createSpanSampler } from "./sample/spanSampler.ts";
import type { Ledger, TierTotals } from "./self/ledger.ts";
import type { StageTimers } from "./self/stageTimers.ts";

const QUEUE_FULL_RETRY_MS = 1000;

type Parts = { policy: SamplingPolicy; ledger: Ledger; timers: StageTimers; batcher: Batcher; queue: DeliveryQueue; relief: HeapRelief };

export type PolicyIntake = Intake & {
  /** Compiles a policy (throws when that can't be done); the answer makes it the running one, between two requests. */
  preparePolicy(policy: SamplingPolicy): () => void;
};

/** The path of one request from the receiver to the open batch: scan, decide, admit, frame, count. All in one tick, so every scrape finds the ledger balanced. */
export function createIntake(parts: Parts): PolicyIntake {
  const { ledger, timers, batcher, queue, relief } = parts;
  const sampler = createSpanSampler();
  const { result } = sampler;
  let policy: CompiledPolicy;
  let tiers: TierTotals[];

  function preparePolicy(next: SamplingPolicy): () => void {
    const compiled = compilePolicy(next);
    return () => {
      policy = compiled;
      tiers = ledger.tiersOf(compiled.tiers.map((tier) => tier.name));
    };
  }

  function refuse(refused: Refusal, spans: number): Refusal {
    ledger.refuse(refused.reason, spans);
    return refused;
  }

  function accept(bytes: Buffer, start: number, end: number, isSample: boolean): Answer {
    const scanStart = performance.now();
    const found = sampler.sample(bytes, start, end, policy);
    const decided = performance.now();
    timers.record("processing", (decided - scanStart) / 1000);
    if (found < 0) return refuse(scanRefusal(found), 0);
    const { kept } = result;
    if (kept > 0) {
      const size = sampler.framedSizeMax();
      const { spansMax, bytesMax } = queue.settings.queue;
      if (kept > spansMax || size > bytesMax) {
        return refuse(refusal("too_large", `${kept} spans of the request are kept; the queue holds ${spansMax} spans and ${bytesMax} bytes at most`), found);
      }
      if (!queue.hasRoom(kept, size)) {
        return refuse(
          refusal("queue_full", `the queue is full (${queue.spans} of ${spansMax} spans, ${queue.bytes} of ${bytesMax} bytes)`, QUEUE_FULL_RETRY_MS),
          found,
        );
      }
      const at = batcher.reserve(kept, size);
      const written = sampler.frame(batcher.buffer, at);
      queue.admit(kept, written - at);
      ledger.accept(result, tiers, isSample);
      batcher.commit(written, kept);
      timers.record("serialization", (performance.now() - decided) / 1000);
    } else ledger.accept(result, tiers, isSample);
    return ACCEPTED;
  }

  preparePolicy(parts.policy)();
  return {
    preparePolicy,
    accept,
    refused: (reason) => ledger.refuse(reason, 0),
    bytesReceived: (bytes) => {
      ledger.bytesReceived += bytes;
      relief.received(bytes);
    },
    network: (seconds) => timers.record("network", seconds),
    acknowledged: (seconds) => timers.acknowledged(seconds),
  };
}

function scanRefusal(code: number): Refusal {
  if (code === SCAN_MALFORMED) return refusal("malformed", "the request is not a valid ExportTraceServiceRequest");
  if (code === SCAN_TOO_DEEP) return refusal("too_deep", "attribute values are nested too deep");
  return refusal("too_large", "the request has too many spans, scopes or resources");
}
