import type { CollectorFile } from "#domain/fleet/collectorFile.ts";
import type { ExportSettings } from "#domain/pipeline/exportSettings.ts";
import type { Finding } from "#domain/validation/finding.ts";
import { messageOf } from "./appError.ts";
import { systemClock } from "./clock.ts";
import { checkClientTls } from "./deliver/clientTls.ts";
import { BearerTokens } from "./security/bearerTokens.ts";
import { openServerTls } from "./security/tlsContext.ts";

const MEND = "where the collector runs it does not start like this; on another machine the file may be another one";
const INTERVAL_MS = 86_400_000;

type Opened = { stop(): void };

/** Certificates, keys and tokens that a valid file names: whether they can be used as they lie on this machine. Warnings, since it may not be the collector's. Never rejects. */
export async function checkSecretFiles({ config, process }: CollectorFile): Promise<Finding[]> {
  const { tls, auth } = process.receivers;
  const exports = [
    { path: "export", settings: config.export },
    ...(config.routes ?? []).map((route, at) => ({ path: `routes[${at}].export`, settings: route.export })),
  ];
  const found = await Promise.all([
    tls === undefined
      ? []
      : tried("receivers.tls", async () => notOver("receivers.tls.certFile", await openServerTls(tls, INTERVAL_MS, systemClock, () => {}))),
    auth === undefined ? [] : tried("receivers.auth.bearerTokens", async () => closed(await BearerTokens.open(auth, INTERVAL_MS, systemClock, () => {}))),
    ...exports.map(({ path, settings }) => tried(path, () => openExport(settings))),
  ]);
  return found.flat();
}

async function tried(path: string, open: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await open();
  } catch (error) {
    return [{ severity: "warning", path, message: messageOf(error), mend: MEND }];
  }
}

async function openExport(settings: ExportSettings): Promise<Finding[]> {
  if (settings.kind === "otlp" && settings.tls !== undefined) await checkClientTls(settings.tls);
  return [];
}

function closed(opened: Opened): Finding[] {
  opened.stop();
  return [];
}

function notOver(path: string, opened: Opened & { value: { notAfterMs: number } }): Finding[] {
  opened.stop();
  const { notAfterMs } = opened.value;
  if (notAfterMs > systemClock.unixMs()) return [];
  return [{ severity: "warning", path, message: `the certificate ended on ${new Date(notAfterMs).toISOString()}: clients refuse it`, mend: "renew it" }];
}
