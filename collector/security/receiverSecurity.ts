import type { ReceiverSettings } from "#domain/pipeline/receivers.ts";
import { AppError, messageOf } from "../appError.ts";
import type { Clock } from "../clock.ts";
import { BearerTokens } from "./bearerTokens.ts";
import { Cors } from "./cors.ts";
import { openServerTls, type ServerContext } from "./tlsContext.ts";
import type { WatchedFiles } from "./watchedFiles.ts";

/** Counters since the start. `certificateNotAfterMs`: Unix ms; 0 without TLS. */
export type ReceiverFigures = {
  handshakesFailed: number;
  connectionsTurnedAway: number;
  reloads: number;
  reloadsFailed: number;
  certificateNotAfterMs: number;
};

/** What guards both receivers: TLS, who may send, which pages may, and how many connections. */
export class ReceiverSecurity {
  readonly tls: WatchedFiles<ServerContext> | undefined;
  readonly tokens: BearerTokens | undefined;
  readonly cors: Cors | undefined;
  readonly connectionsMax: number;
  handshakesFailed = 0;
  connectionsTurnedAway = 0;

  /** Rejects with AppError `usage` that names the setting and the file. */
  static async open(settings: ReceiverSettings, clock: Clock, warn: (message: string) => void): Promise<ReceiverSecurity> {
    const { tls, auth, reloadIntervalMs } = settings;
    const kept = (what: string) => (message: string) => warn(`${what}: ${message}; what was read before stays in force`);
    const context = tls && (await named("receivers.tls", openServerTls(tls, reloadIntervalMs, clock, kept("receivers.tls"))));
    const tokens = auth && (await named("receivers.auth", BearerTokens.open(auth, reloadIntervalMs, clock, kept("receivers.auth"))));
    return new ReceiverSecurity(settings, context, tokens);
  }

  private constructor({ http, connectionsMax }: ReceiverSettings, tls: WatchedFiles<ServerContext> | undefined, tokens: BearerTokens | undefined) {
    this.tls = tls;
    this.tokens = tokens;
    this.cors = http.cors && new Cors(http.cors);
    this.connectionsMax = connectionsMax;
  }

  figures(): ReceiverFigures {
    const { handshakesFailed, connectionsTurnedAway, tls, tokens } = this;
    return {
      handshakesFailed,
      connectionsTurnedAway,
      reloads: (tls?.figures.reloads ?? 0) + (tokens?.figures.reloads ?? 0),
      reloadsFailed: (tls?.figures.reloadsFailed ?? 0) + (tokens?.figures.reloadsFailed ?? 0),
      certificateNotAfterMs: tls?.value.notAfterMs ?? 0,
    };
  }

  /** Reads the files of certificates and tokens now. */
  async look(): Promise<void> {
    await Promise.all([this.tls?.look(), this.tokens?.look()]);
  }

  stop(): void {
    this.tls?.stop();
    this.tokens?.stop();
  }
}

async function named<T>(setting: string, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    throw new AppError("usage", `${setting}: ${messageOf(error)}`, error);
  }
}
