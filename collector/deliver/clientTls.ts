import type tls from "node:tls";
import type { ExportTlsSettings } from "#domain/pipeline/exportSettings.ts";
import { AppError, messageOf } from "../appError.ts";
import { systemClock } from "../clock.ts";
import { checkContext } from "../security/tlsContext.ts";
import { WatchedFiles } from "../security/watchedFiles.ts";

/** While a backend is spoken to, its files are looked at so often. */
const LOOK_MS = 10_000;

export type SecureOptions = tls.SecureContextOptions & Pick<tls.ConnectionOptions, "servername" | "rejectUnauthorized">;

/** What an exporter speaks TLS with. The files are read when it is first needed and looked at again while it is; the same object means that nothing has changed. */
export class ClientTls {
  readonly #settings: ExportTlsSettings;
  #files: Promise<WatchedFiles<SecureOptions>> | undefined;
  #lookedAt = performance.now();
  /** Why changed files are not in force, to be told where something fails; empty when they are. */
  problem = "";

  constructor(settings: ExportTlsSettings) {
    this.#settings = settings;
  }

  /** Rejects, naming file and reason, while they could not be used even once. */
  async options(): Promise<SecureOptions> {
    this.#files ??= openFiles(this.#settings, (message) => {
      this.problem = `; export.tls: ${message}, what was read before stays in force`;
    });
    const files = await this.#files.catch((error: unknown) => {
      this.#files = undefined;
      throw error;
    });
    if (performance.now() - this.#lookedAt >= LOOK_MS) {
      this.#lookedAt = performance.now();
      const before = files.figures.reloads;
      await files.look();
      if (files.figures.reloads > before) this.problem = "";
    }
    return files.value;
  }
}

/** Rejects with AppError `export` when the files can't be used. */
export async function checkClientTls(settings: ExportTlsSettings): Promise<void> {
  try {
    (await openFiles(settings, () => undefined)).stop();
  } catch (error) {
    throw new AppError("export", `tls: ${messageOf(error)}`, error);
  }
}

function openFiles(settings: ExportTlsSettings, failed: (message: string) => void): Promise<WatchedFiles<SecureOptions>> {
  const { caFile, certFile, keyFile, serverName, insecureSkipVerify } = settings;
  const named = Object.entries({ ca: caFile, cert: certFile, key: keyFile }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return WatchedFiles.open({
    files: named.map(([, file]) => file),
    parse(contents) {
      const options: SecureOptions = Object.fromEntries(named.map(([name], at) => [name, contents[at]]));
      checkContext(options, certFile ?? "", keyFile ?? "", caFile);
      if (serverName !== undefined) options.servername = serverName;
      options.rejectUnauthorized = !insecureSkipVerify;
      return options;
    },
    clock: systemClock,
    failed,
  });
}
