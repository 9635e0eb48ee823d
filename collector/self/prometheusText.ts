export type Sample = { suffix?: string; labels?: Record<string, string>; value: number };

/** One metric. `name` is as Prometheus shows it: a counter ends in `_total`, an info in `_info`. */
export type Family = { name: string; type: "counter" | "gauge" | "summary" | "histogram" | "info"; help: string; samples: Sample[] };

export const PROMETHEUS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
export const OPENMETRICS_CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** Written here rather than by a metrics library because all values of a scrape have to be read in one tick for the ledger to balance in it. */
export function prometheusText(families: readonly Family[], format: "prometheus" | "openmetrics"): string {
  const open = format === "openmetrics";
  const lines: string[] = [];
  for (const family of families) {
    const suffix = family.type === "counter" ? "_total" : family.type === "info" ? "_info" : "";
    const base = family.name.slice(0, family.name.length - suffix.length);
    const described = open ? base : family.name;
    lines.push(`# HELP ${described} ${escapeHelp(family.help, open)}`, `# TYPE ${described} ${family.type === "info" && !open ? "gauge" : family.type}`);
    for (const sample of family.samples) lines.push(`${family.name}${sample.suffix ?? ""}${labelText(sample.labels, open)} ${valueText(sample.value)}`);
  }
  if (open) lines.push("# EOF");
  return `${lines.join("\n")}\n`;
}

function labelText(labels: Record<string, string> | undefined, open: boolean): string {
  const pairs = Object.entries(labels ?? {});
  if (pairs.length === 0) return "";
  return `{${pairs.map(([name, value]) => `${name}="${escapeLabel(open && (name === "le" || name === "quantile") ? canonicalFloat(value) : value)}"`).join(",")}}`;
}

/** OpenMetrics wants bounds as floats: `1.0`, not `1`. */
function canonicalFloat(value: string): string {
  return /^\d+$/.test(value) ? `${value}.0` : value;
}

function valueText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function escapeHelp(value: string, open: boolean): string {
  const escaped = value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return open ? escaped.replaceAll('"', '\\"') : escaped;
}
