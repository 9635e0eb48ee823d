import type { CollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { SIGNALS, type Signal } from "#domain/pipeline/signals.ts";
import type { Admission } from "../receive/admission.ts";
import type { Entrance } from "../receive/offerRequest.ts";
import type { SignalFigures } from "../self/signalLedger.ts";
import { type SignalParts, SignalWay } from "./signalWay.ts";

/** Metrics and logs, each on a way of its own beside that of the traces: what happens to one of the three holds up neither of the others. */
export class PassThrough {
  readonly #ways: Record<Signal, SignalWay>;

  constructor(parts: SignalParts) {
    this.#ways = { metrics: new SignalWay("metrics", parts), logs: new SignalWay("logs", parts) };
  }

  /** For the receivers: bounds and memory are those of traces, fair shares are of each way's own room. */
  entrances(admission: Admission): Record<Signal, Entrance> {
    const { metrics, logs } = this.#ways;
    return { metrics: { intake: metrics, admission: admission.forRoom(metrics) }, logs: { intake: logs, admission: admission.forRoom(logs) } };
  }

  /** Goes by `config` from now on; what can't be opened is a state, not an error. */
  async use(config: CollectorConfig): Promise<void> {
    await Promise.all(SIGNALS.map((signal) => this.#ways[signal].use(config)));
  }

  async drain(deadlineMs: number): Promise<void> {
    await Promise.all(SIGNALS.map((signal) => this.#ways[signal].drain(deadlineMs)));
  }

  figures(): SignalFigures[] {
    return SIGNALS.map((signal) => this.#ways[signal].figures());
  }
}
