import { describe, expect, it } from "vitest";
import { type Family, prometheusText } from "./prometheusText.ts";

const families: Family[] = [
  { name: "spans_total", type: "counter", help: "Spans", samples: [{ labels: { tier: 'a "b" \\ \n c' }, value: 3 }] },
  {
    name: "wait_seconds",
    type: "summary",
    help: "Wait",
    samples: [
      { labels: { quantile: "1" }, value: Number.NaN },
      { suffix: "_count", value: 0 },
    ],
  },
  { name: "config_info", type: "info", help: "Config", samples: [{ labels: { hash: "x" }, value: 1 }] },
];

describe("prometheusText", () => {
  it("writes the Prometheus format, labels escaped", () => {
    expect(prometheusText(families, "prometheus").split("\n")).toEqual([
      "# HELP spans_total Spans",
      "# TYPE spans_total counter",
      'spans_total{tier="a \\"b\\" \\\\ \\n c"} 3',
      "# HELP wait_seconds Wait",
      "# TYPE wait_seconds summary",
      'wait_seconds{quantile="1"} NaN',
      "wait_seconds_count 0",
      "# HELP config_info Config",
      "# TYPE config_info gauge",
      'config_info{hash="x"} 1',
      "",
    ]);
  });

  it("writes OpenMetrics: families without their suffix, float bounds, an end", () => {
    const text = prometheusText(families, "openmetrics");
    expect(text).toContain("# TYPE spans counter\nspans_total{");
    expect(text).toContain("# TYPE config info\nconfig_info{");
    expect(text).toContain('quantile="1.0"');
    expect(text.endsWith("# EOF\n")).toBe(true);
  });
});
