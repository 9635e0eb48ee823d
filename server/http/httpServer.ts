import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { originProblem } from "./originProblem.ts";
import { setSecurityHeaders } from "./securityHeaders.ts";

export type Handler = (req: IncomingMessage, res: ServerResponse) => void | Promise<void>;
/** Tried in order; a path that ends in / stands for everything below it. The last one takes what is left. */
export type Routes = { path: string; handle: Handler }[];

export type HttpServerOptions = { publicUrl: () => string; onError: (error: unknown, path: string) => void };

export type HttpServer = {
  listen(host: string, port: number): Promise<number>;
  /** Until then everything but /healthz is answered 503. */
  setRoutes(routes: Routes): void;
  stop(deadlineMs: number): Promise<void>;
};

const CONNECTIONS_MAX = 2_000;

export function createHttpServer({ publicUrl, onError }: HttpServerOptions): HttpServer {
  let routes: Routes = [{ path: "/healthz", handle: (_req, res) => sendText(res, 200, "ok") }];
  const server = createServer(
    { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 10_000, maxHeaderSize: 16_384 },
    (req, res) => void answer(req, res),
  );
  server.maxConnections = CONNECTIONS_MAX;

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = (req.url ?? "/").split("?", 1)[0];
    try {
      setSecurityHeaders(req, res, publicUrl().startsWith("https:"));
      const problem = originProblem(req.method ?? "GET", req.headers, publicUrl());
      if (problem) return sendJson(res, 403, { message: `refused: ${problem}` });
      const route = routes.find((one) => (one.path.endsWith("/") ? path.startsWith(one.path) : path === one.path));
      if (!route) return sendText(res, 503, "Headgate is starting; try again in a moment");
      await route.handle(req, res);
    } catch (error) {
      onError(error, path);
      if (!res.headersSent) sendJson(res, 500, { message: "something went wrong on the server; its log says what" });
      else res.destroy();
    }
  }

  return {
    listen: (host, port) => listen(server, host, port),
    setRoutes(next) {
      routes = next;
    },
    async stop(deadlineMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), deadlineMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}

export function sendText(res: ServerResponse, status: number, text: string): void {
  res.writeHead(status, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" });
  res.end(`${text}\n`);
}

export function sendJson(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" });
  res.end(JSON.stringify(body));
}
