import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { type Explanation, traceIdSchema } from "#domain/sampling/explanation.ts";
import { messageOf } from "../appError.ts";
import { isLoopback, listen } from "../listen.ts";
import { http } from "../nodeHttp.ts";
import { type Family, OPENMETRICS_CONTENT_TYPE, PROMETHEUS_CONTENT_TYPE, prometheusText } from "./prometheusText.ts";

export type MetricsServer = { start(host: string, port: number): Promise<number>; stop(): Promise<void> };

/** What other machines may not ask: it names spans and services. */
const EXPLAIN = /^\/explain\/([^/]*)$/;

/** /metrics, /healthz (alive), /readyz (`notReady` says why not), and for this machine alone /explain/TRACEID. */
export function createMetricsServer(
  read: () => Promise<Family[]>,
  notReady: () => string | undefined,
  explain: (traceId: string) => Promise<Explanation>,
): MetricsServer {
  const server = http.createServer({ headersTimeout: 5000, requestTimeout: 10_000, maxHeaderSize: 8192 }, (request, response) => {
    request.resume();
    const path = (request.url ?? "").split("?", 1)[0];
    if (request.method !== "GET" && request.method !== "HEAD") return send(response, 405, "text/plain", "use GET\n", { allow: "GET, HEAD" });
    const asked = EXPLAIN.exec(path);
    if (asked !== null) return answerExplain(request, response, asked[1], explain);
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
        return send(response, 404, "text/plain", "there are /metrics, /healthz, /readyz and /explain/TRACEID\n");
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
