import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";

/** Figures that are read when somebody scrapes. */
export type MetricSources = {
  collectors: () => { state: string; count: number }[];
  gauges: Record<string, { help: string; read: () => number }>;
  counters: Record<string, { help: string; read: () => number }>;
};

export type Metrics = { contentType: string; text(): Promise<string> };

export function createMetrics({ collectors, gauges, counters }: MetricSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const byState = new Gauge({
    name: "headgate_collectors",
    help: "Collectors by state",
    labelNames: ["state"],
    registers: [registry],
    collect() {
      byState.reset();
      for (const { state, count } of collectors()) byState.set({ state }, count);
    },
  });
  for (const [name, { help, read }] of Object.entries(gauges)) {
    const gauge: Gauge = new Gauge({ name, help, registers: [registry], collect: () => gauge.set(read()) });
  }
  for (const [name, { help, read }] of Object.entries(counters)) {
    const counter: Counter = new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        counter.reset();
        counter.inc(read());
      },
    });
  }
  return { contentType: registry.contentType, text: () => registry.metrics() };
}
