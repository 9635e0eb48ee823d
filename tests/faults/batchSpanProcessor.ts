import type { AckedSpans } from "./ackedSpans.ts";
import type { KnownRequests } from "./knownRequests.ts";
import type { OtlpClient, SendResult } from "./otlpClient.ts";
import { type RetryBehaviour, SDK_RETRY, sendWithRetry } from "./sdkRetry.ts";

/** The defaults of OTEL_BSP_*: OpenTelemetry specification, "Batching processor", and sdk-trace's BatchSpanProcessorBase. */
export type ProcessorSettings = { queueMax: number; batchMax: number; scheduleDelayMs: number };
export const SDK_PROCESSOR: ProcessorSettings = { queueMax: 2_048, batchMax: 512, scheduleDelayMs: 5_000 };

type Parts = {
  client: OtlpClient;
  requests: KnownRequests;
  acked: AckedSpans;
  /** The first id of so many spans that were not used yet. */
  takeIds: (spans: number) => number;
  random: () => number;
  settings?: ProcessorSettings;
  retry?: RetryBehaviour;
};

/** A service's BatchSpanProcessor and exporter: a bounded queue, one export at a time, and the retry behaviour of the SDK. Spans are bytes only when they are exported. */
export class BatchSpanProcessor {
  /** In spans; ended = acked + failed + dropped + queued + those under way. */
  readonly counts = { ended: 0, acked: 0, failed: 0, dropped: 0, tries: 0 };
  queued = 0;
  readonly #parts: Parts;
  readonly #settings: ProcessorSettings;
  #exporting: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shutDown = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#settings = parts.settings ?? SDK_PROCESSOR;
  }

  /** Of spans that ended; those that the queue has no room for are dropped. */
  onEnd(spans: number): void {
    if (this.#shutDown) return;
    this.counts.ended += spans;
    const taken = Math.min(spans, this.#settings.queueMax - this.queued);
    this.counts.dropped += spans - taken;
    this.queued += taken;
    this.#maybeExport();
  }

  /** An export is under way. */
  get isExporting(): boolean {
    return this.#exporting !== undefined;
  }

  /** Exports what is queued, once, and ends. */
  async shutdown(): Promise<void> {
    this.#shutDown = true;
    clearTimeout(this.#timer);
    await this.#exporting;
    while (this.queued > 0) await this.#export();
    this.#parts.client.close();
  }

  #maybeExport(): void {
    if (this.#exporting !== undefined || this.#shutDown) return;
    if (this.queued >= this.#settings.batchMax) return this.#begin();
    this.#timer ??= setTimeout(() => this.#begin(), this.#settings.scheduleDelayMs);
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#exporting = this.#export().finally(() => {
      this.#exporting = undefined;
      if (this.queued > 0) this.#maybeExport();
    });
  }

  async #export(): Promise<void> {
    const { client, requests, acked, takeIds, random, retry = SDK_RETRY } = this.#parts;
    const spans = Math.min(this.queued, this.#settings.batchMax);
    if (spans === 0) return;
    this.queued -= spans;
    const first = takeIds(spans);
    const tried = (_result: SendResult) => {
      this.counts.tries++;
    };
    const { kind } = await sendWithRetry(client, requests.request(spans, first, client.headroom), retry, random, tried);
    if (kind !== "accepted") {
      this.counts.failed += spans;
      return;
    }
    this.counts.acked += spans;
    acked.add(first, spans, performance.now());
  }
}
