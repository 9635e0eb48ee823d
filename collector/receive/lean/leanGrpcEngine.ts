import net from "node:net";
import tls from "node:tls";
import { WriteBuffers } from "../../http2/frameWriter.ts";
import { listen } from "../../listen.ts";
import { guardServer, serverTlsOptions } from "../../security/secureServer.ts";
import { type GrpcEngine, type GrpcEngineParts, jittered } from "../grpcEngine.ts";
import { Connection } from "./connection.ts";
import type { Patience } from "./connectionParts.ts";
import { OpenSockets } from "./openSockets.ts";
import { readInto } from "./readInto.ts";

/** Above this share of the connections that there may be, idle ones have to go sooner. */
const CROWDED_FROM = 0.5;
const READ_BYTES = 65_536;
const SWEEP_MS = 1_000;
/** How long the other side has to end a connection that this one has ended. */
const LINGER_MS = 1_000;
/** What it may still send meanwhile, which nobody looks at; a flood that goes on costs as much as it did before. */
const IGNORED_BYTES_MAX = 1_048_576;
const PATIENCE: Patience = { unfinishedMs: 10_000, idleMs: 600_000, answeredMs: 30_000 };
const CROWDED_IDLE_MS = 10_000;

/** HTTP/2 of its own, on sockets: only what unary gRPC calls need, at a third of the cost of node:http2. */
export function createLeanGrpcEngine(parts: GrpcEngineParts): GrpcEngine {
  const buffers = new WriteBuffers();
  // Sockets are read one after the other, and nothing of it is kept.
  const readBuffer = Buffer.allocUnsafeSlow(READ_BYTES);
  const open = new OpenSockets<Connection>();
  let { streamsMax } = parts;
  const shared = { buffers, connected: parts.connected, ended: parts.connectionEnded, now: () => performance.now(), defer: queueMicrotask };

  function serve(accepted: net.Socket): void {
    // The server does not know them any more once they are read in this way, and can't count them.
    if (open.size >= parts.security.connectionsMax) {
      parts.security.connectionsTurnedAway++;
      return void accepted.destroy();
    }
    let isOver = false;
    let ignored = 0;
    const socket = readInto(accepted, readBuffer, (bytes, length) => {
      if (bytes !== readBuffer) parts.buffersDropped(length);
      if (!isOver) return connection.read(bytes, 0, length);
      ignored += length;
      if (ignored > IGNORED_BYTES_MAX) socket.destroy();
    });
    const transport = {
      send(bytes: Buffer): boolean {
        if (socket.destroyed) return true;
        socket.write(bytes);
        return socket.writableLength === 0;
      },
      get unsentBytes() {
        return socket.writableLength;
      },
      end(): void {
        isOver = true;
        if (socket.destroyed) return;
        socket.end();
        setTimeout(() => socket.destroy(), LINGER_MS).unref();
      },
    };
    const connection = new Connection(shared, transport, streamsMax);
    open.add(socket, connection);
    socket.on("end", () => connection.closed("client"));
    socket.on("error", (error: NodeJS.ErrnoException) => connection.closed(error.code === "ECONNRESET" || error.code === "EPIPE" ? "client" : "socket_error"));
    const stopAging = age(socket, connection);
    socket.on("close", () => {
      stopAging();
      connection.closed("client");
      open.delete(socket);
    });
    socket.resume();
  }

  /** Asks it to go after its time; what is open then may end, within the grace. */
  function age(socket: net.Socket, connection: Connection): () => void {
    const { maxMs, graceMs } = parts.age;
    if (maxMs === undefined) return () => undefined;
    let timer = setTimeout(() => {
      connection.drain("aged");
      timer = setTimeout(() => socket.destroy(), graceMs);
    }, jittered(maxMs));
    return () => clearTimeout(timer);
  }

  const secure = serverTlsOptions(parts.security);
  const server =
    secure === undefined
      ? net.createServer({ noDelay: true, pauseOnConnect: true }, serve)
      : tls.createServer({ ...secure, ALPNProtocols: ["h2"], noDelay: true }, serve);
  guardServer(server, parts.security);
  const sweep = setInterval(() => {
    const patience = open.size > CROWDED_FROM * parts.security.connectionsMax ? { ...PATIENCE, idleMs: CROWDED_IDLE_MS } : PATIENCE;
    for (const connection of open.served) connection.sweep(patience);
  }, SWEEP_MS).unref();

  return {
    start: (host, port) => listen(server, host, port, parts.reusePort),
    setStreamsMax(next) {
      if (next === streamsMax) return;
      streamsMax = next;
      for (const connection of open.served) connection.setStreamsMax(next);
    },
    async shutdown(deadlineMs) {
      clearInterval(sweep);
      if (!server.listening) return;
      const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
      await open.drain(deadlineMs);
      await stopped;
    },
  };
}
