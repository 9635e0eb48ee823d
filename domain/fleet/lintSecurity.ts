import type { ExportSettings } from "../pipeline/exportSettings.ts";
import type { Finding } from "../validation/finding.ts";
import type { CollectorFile } from "./collectorFile.ts";

/** What lets others read what they should not. */
export function lintSecurity({ config, process }: CollectorFile): Finding[] {
  const { auth, tls } = process.receivers;
  return [
    ...lintExport(config.export, "export"),
    ...(config.routes ?? []).flatMap((route, at) => lintExport(route.export, `routes[${at}].export`)),
    ...(auth === undefined || tls !== undefined
      ? []
      : [
          {
            severity: "info" as const,
            path: "receivers.auth",
            message: "the receivers speak plain text: whoever can read the network can read the tokens",
            mend: "set receivers.tls, unless something in front of the collector speaks TLS or everything stays on this machine",
          },
        ]),
  ];
}

function lintExport(settings: ExportSettings, path: string): Finding[] {
  if (settings.kind !== "otlp") return [];
  const { endpoint, headers, tls } = settings;
  if (tls?.insecureSkipVerify === true) {
    const message = "any certificate is taken: whoever stands between the collector and the backend can read and keep what is sent";
    return [{ severity: "warning", path: `${path}.tls.insecureSkipVerify`, message, mend: "give the backend's CA as tls.caFile instead" }];
  }
  const url = new URL(endpoint);
  if (url.protocol === "https:" || isThisMachine(url.hostname) || Object.keys(headers).length === 0) return [];
  const message = `they go to ${url.host} in plain text: whoever can read the network can read API keys among them`;
  return [{ severity: "warning", path: `${path}.headers`, message, mend: "use an https:// endpoint" }];
}

function isThisMachine(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\./.test(hostname);
}
