import type { IncomingMessage, Server, ServerOptions, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { listen } from "../listen.ts";
import { http } from "../nodeHttp.ts";
import { guardServer, serverTlsOptions } from "../security/secureServer.ts";
import { unreadableAnswer } from "./httpAnswer.ts";
import {
  checkIntervalMs,
  DISCARD_BYTES_MAX,
  HEADER_BYTES_MAX,
  type HttpConnection,
  type HttpEngine,
  type HttpEngineParts,
  type HttpHead,
  headTimeoutMs,
  KEEP_ALIVE_MS,
  LINGER_MS,
} from "./httpEngine.ts";

/** On node:http. */
export function createNodeHttpEngine(parts: HttpEngineParts): HttpEngine {
  const secure = serverTlsOptions(parts.security);
  const server =
    secure === undefined
      ? http.createServer(nodeHttpOptions(parts))
      : process.getBuiltinModule("node:https").createServer({ ...nodeHttpOptions(parts), ...secure });
  serveWithNode(server, parts);
  guardServer(server, parts.security);
  return {
    start: (host, port) => listen(server, host, port, parts.reusePort),
    async shutdown(deadlineMs) {
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      // Those that are answered from now on are idle then.
      const sweep = setInterval(() => server.closeIdleConnections(), checkIntervalMs(parts));
      const timer = setTimeout(() => server.closeAllConnections(), deadlineMs);
      await closed;
      clearTimeout(timer);
      clearInterval(sweep);
    },
  };
}

export function nodeHttpOptions(parts: HttpEngineParts): ServerOptions {
  return {
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: headTimeoutMs(parts),
    requestTimeout: parts.requestTimeoutMs,
    connectionsCheckingInterval: checkIntervalMs(parts),
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
}

/** Has the server's requests answered. `adopt`: a connection that is about to be given to the server has been one here before. */
export function serveWithNode(server: Server, parts: HttpEngineParts): { adopt(socket: Duplex, connection: HttpConnection): void } {
  const connections = new WeakMap<Duplex, HttpConnection>();
  const connectionOf = (socket: Duplex) => {
    const known = connections.get(socket) ?? parts.connected();
    connections.set(socket, known);
    return known;
  };
  server.on("request", (request, response) => serve(request, response, connectionOf(request.socket), parts));
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    // A client that has gone hears nothing, and has asked for nothing.
    if (error.code === "ECONNRESET" || error.code === "EPIPE" || !socket.writable) return void socket.destroy();
    parts.unreadable();
    socket.end(unreadableAnswer(error.code));
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  });
  return { adopt: (socket, connection) => void connections.set(socket, connection) };
}

function serve(request: IncomingMessage, response: ServerResponse, connection: HttpConnection, parts: HttpEngineParts): void {
  const head = headOf(request);
  let isAnswered = false;
  let discarded = 0;
  response.on("error", () => response.destroy());
  const reading = connection.request(head, {
    answer({ code, headers, body }) {
      if (isAnswered) return;
      isAnswered = true;
      if (response.destroyed) return;
      if (!request.complete && head.contentLength > DISCARD_BYTES_MAX) response.setHeader("connection", "close");
      response.writeHead(code, code === 204 ? headers : { ...headers, "content-length": Buffer.byteLength(body) });
      response.end(body);
    },
  });
  request.on("data", (chunk: Buffer) => {
    parts.buffersDropped(chunk.length);
    if (!isAnswered) return reading?.data(chunk, 0, chunk.length);
    discarded += chunk.length;
    if (discarded > DISCARD_BYTES_MAX) request.destroy();
  });
  request.on("end", () => !isAnswered && reading?.end());
  response.on("close", () => reading?.closed());
  // The client went away or broke the framing; `close` of the response gives everything back.
  request.on("error", () => response.destroy());
}

function headOf({ method, url, headers }: IncomingMessage): HttpHead {
  return {
    method: method ?? "",
    path: (url ?? "").split("?", 1)[0],
    contentType: headers["content-type"],
    contentEncoding: headers["content-encoding"],
    authorization: headers.authorization,
    origin: headers.origin,
    isSample: headers["x-headgate-sample"] === "1",
    contentLength: Number(headers["content-length"] ?? 0) || 0,
  };
}
