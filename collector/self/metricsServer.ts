import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { PROFILE_SECONDS_DEFAULT, type ProfileKind, type ProfileRequest, profileSecondsSchema } from "#domain/fleet/profileRequest.ts";
import { type Explanation, traceIdSchema } from "#domain/sampling/explanation.ts";
import { AppError, messageOf } from "../appError.ts";
import { isLoopback, listen } from "../listen.ts";
import { http } from "../nodeHttp.ts";
import { type Family, OPENMETRICS_CONTENT_TYPE, PROMETHEUS_CONTENT_TYPE, prometheusText } from "./prometheusText.ts";

export type MetricsServer = { start(host: string, port: number): Promise<number>; stop(): Promise<void> };

/** What other machines may not ask: it names spans and services. */
const EXPLAIN = /^\/explain\/([^/]*)$/;

const PROFILES_ELSEWHERE = "only this machine may record a profile here; use the collector's page in the control plane, or set HEADGATE_PPROF=anyone";
/** As Go's net/http/pprof has them, so that its tools can ask. */
const PPROF: Readonly<Record<string, ProfileKind>> = { "/debug/pprof/profile": "cpu", "/debug/pprof/heap": "heap" };

type Parts = {
  read: () => Promise<Family[]>;
  /** Why it is not ready. */
  notReady: () => string | undefined;
  explain: (traceId: string) => Promise<Explanation>;
  /** Gzipped pprof. */
  profile: (request: ProfileRequest, signal: AbortSignal) => Promise<Buffer>;
  /** Who may ask for one. */
  profilesFor: "loopback" | "anyone" | "nobody";
};

/** /metrics, /healthz (alive), /readyz; for this machine alone /explain/TRACEID, and /debug/pprof for whoever may. */
export function createMetricsServer({ read, notReady, explain, profile, profilesFor }: Parts): MetricsServer {
  const server = http.createServer({ headersTimeout: 5000, requestTimeout: 10_000, maxHeaderSize: 8192 }, (request, response) => {
    request.resume();
    const [path, query] = (request.url ?? "").split("?", 2);
    if (request.method !== "GET" && request.method !== "HEAD") return send(response, 405, "text/plain", "use GET\n", { allow: "GET, HEAD" });
    const asked = EXPLAIN.exec(path);
    if (asked !== null) return answerExplain(request, response, asked[1], explain);
    const kind = Object.hasOwn(PPROF, path) ? PPROF[path] : undefined;
    if (kind !== undefined) {
      const local = isLoopback(request.socket.remoteAddress ?? "");
      if (profilesFor !== "anyone" && !(profilesFor === "loopback" && local)) {
        const text = profilesFor === "nobody" ? "profiles are switched off here; HEADGATE_PPROF=loopback switches them on" : PROFILES_ELSEWHERE;
        return send(response, 403, "text/plain", `${text}\n`);
      }
      // A page of some other site could make a browser on this machine ask.
      if (!["none", "same-origin", undefined].includes(request.headers["sec-fetch-site"]?.toString())) {
        return send(response, 403, "text/plain", "no page of another site may record a profile\n");
      }
      return answerProfile(response, kind, new URLSearchParams(query).get("seconds"), profile);
    }
    switch (path) {
      case "/metrics": {
        const open = (request.headers.accept ?? "").includes("application/openmetrics-text");
        const type = open ? OPENMETRICS_CONTENT_TYPE : PROMETHEUS_CONTENT_TYPE;
        return answer(response, type, async () => prometheusText(await read(), open ? "openmetrics" : "prometheus"));
      }
      case "/healthz":
        return send(response, 200, "text/plain", "ok\n");
      case "/readyz": {
        const reason = notReady();
        return send(response, reason === undefined ? 200 : 503, "text/plain", `${reason ?? "ready"}\n`);
      }
      default:
        return send(response, 404, "text/plain", "there are /metrics, /healthz, /readyz, /explain/TRACEID, /debug/pprof/profile and /debug/pprof/heap\n");
    }
  });
  server.maxConnections = 256;
  return {
    start: (host, port) => listen(server, host, port),
    async stop() {
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function answerExplain(request: IncomingMessage, response: ServerResponse, id: string, explain: (traceId: string) => Promise<Explanation>): void {
  if (!isLoopback(request.socket.remoteAddress ?? "")) {
    return send(response, 403, "text/plain", "only this machine may ask that here; use the Live page of the control plane\n");
  }
  const traceId = traceIdSchema.safeParse(id);
  if (!traceId.success) return send(response, 400, "text/plain", `${traceId.error.issues[0].message}\n`);
  answer(response, "application/json", async () => `${JSON.stringify(await explain(traceId.data))}\n`);
}

function answerProfile(response: ServerResponse, kind: ProfileKind, asked: string | null, profile: Parts["profile"]): void {
  const seconds = profileSecondsSchema.safeParse(asked === null ? PROFILE_SECONDS_DEFAULT : Number(asked));
  if (!seconds.success) return send(response, 400, "text/plain", `seconds ${seconds.error.issues[0].message}\n`);
  const gone = new AbortController();
  response.once("close", () => gone.abort(new Error("whoever asked has gone")));
  profile({ kind, seconds: seconds.data }, gone.signal).then(
    (bytes) => {
      const headers = { "content-disposition": `attachment; filename="headgate-${kind}.pb.gz"`, "content-length": bytes.length, "cache-control": "no-store" };
      response.writeHead(200, { ...headers, "content-type": "application/octet-stream" });
      response.end(bytes);
    },
    (error: unknown) => {
      if (!response.destroyed) send(response, error instanceof AppError ? 409 : 500, "text/plain", `${messageOf(error)}\n`);
    },
  );
}

function answer(response: ServerResponse, type: string, make: () => Promise<string>): void {
  make().then(
    (text) => send(response, 200, type, text),
    (error: unknown) => send(response, 503, "text/plain", `${messageOf(error)}\n`),
  );
}

function send(response: ServerResponse, code: number, type: string, text: string, headers: OutgoingHttpHeaders = {}): void {
  response.writeHead(code, { ...headers, "content-type": type, "content-length": Buffer.byteLength(text), "cache-control": "no-store" });
  response.end(text);
}
