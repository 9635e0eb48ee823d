import type { CorsSettings } from "#domain/pipeline/receivers.ts";

/** Headers that browser SDKs send; the OTLP exporter of the JavaScript SDK needs the first two and what its user sets. */
const HEADERS = ["content-type", "content-encoding", "authorization", "traceparent"];

export type CorsHeaders = Record<string, string>;

/** What the Fetch standard's CORS protocol asks of a server. */
export class Cors {
  readonly #settings: CorsSettings;
  readonly #origins: readonly RegExp[];

  constructor(settings: CorsSettings) {
    this.#settings = settings;
    this.#origins = settings.allowedOrigins.map(originPattern);
  }

  /** For every answer to a page; without them its browser shows it nothing. Undefined: the origin may not send. */
  headers(origin: string): CorsHeaders | undefined {
    if (!this.#origins.some((pattern) => pattern.test(origin))) return undefined;
    return { "access-control-allow-origin": origin, vary: "origin", "access-control-expose-headers": "retry-after" };
  }

  /** For the answer to OPTIONS, by which a browser asks first. */
  preflight(origin: string): CorsHeaders | undefined {
    const headers = this.headers(origin);
    const { allowedHeaders, maxAgeS } = this.#settings;
    return (
      headers && {
        ...headers,
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": [...HEADERS, ...allowedHeaders].join(", "),
        "access-control-max-age": String(maxAgeS),
      }
    );
  }
}

function originPattern(origin: string): RegExp {
  if (origin === "*") return /^.*$/;
  const escaped = origin.replace(/[.+?^${}()|[\]\\/]/g, "\\$&").replace("*", "[a-z0-9-]+(\\.[a-z0-9-]+)*");
  return new RegExp(`^${escaped}$`, "i");
}
