import type { ExportSettings } from "./exportSettings.ts";

const TLS_SETTINGS = ["caFile", "certFile", "keyFile", "serverName", "insecureSkipVerify"] as const;

/** What changes about where kept spans go, one sentence each; header values play no part in it. */
export function describeExportChange(before: ExportSettings, after: ExportSettings): string[] {
  if (before.kind !== "otlp" || after.kind !== "otlp") {
    const [from, to] = [nameOf(before), nameOf(after)];
    return from === to ? [] : [`kept spans go to ${to}, no longer to ${from}`];
  }
  const sentences: string[] = [];
  if (before.endpoint !== after.endpoint) sentences.push(`endpoint: ${before.endpoint} → ${after.endpoint}`);
  if (before.protocol !== after.protocol) sentences.push(`protocol: ${before.protocol} → ${after.protocol}`);
  if (before.compression !== after.compression) sentences.push(`compression: ${before.compression} → ${after.compression}`);
  for (const name of Object.keys(after.headers)) if (!Object.hasOwn(before.headers, name)) sentences.push(`header ${name}: added`);
  for (const name of Object.keys(before.headers)) if (!Object.hasOwn(after.headers, name)) sentences.push(`header ${name}: removed`);
  for (const name of TLS_SETTINGS) {
    const [from, to] = [before.tls?.[name], after.tls?.[name]];
    if (from !== to) sentences.push(`tls.${name}: ${from ?? "none"} → ${to ?? "none"}`);
  }
  return sentences;
}

function nameOf(settings: ExportSettings): string {
  switch (settings.kind) {
    case "otlp":
      return `${settings.endpoint} (OTLP over ${settings.protocol === "grpc" ? "gRPC" : "HTTP"})`;
    case "archive":
      return `the local archive (at most ${(settings.bytesMax / 1e9).toLocaleString("en")} GB)`;
    case "discard":
      return "nowhere: they are counted and discarded";
  }
}
