import net from "node:net";
import tls from "node:tls";
import { listen } from "../../listen.ts";
import { http } from "../../nodeHttp.ts";
import { guardServer, serverTlsOptions } from "../../security/secureServer.ts";
import { checkIntervalMs, type HttpEngine, type HttpEngineParts, headTimeoutMs, LINGER_MS } from "../httpEngine.ts";
import { nodeHttpOptions, serveWithNode } from "../nodeHttpEngine.ts";
import { HandedOver } from "./handedOver.ts";
import { OpenSockets } from "./openSockets.ts";
import { PlainConnection } from "./plainConnection.ts";
import { readInto } from "./readInto.ts";

const READ_BYTES = 65_536;
/** What a client may still send on a connection that was ended, which nobody looks at. */
const IGNORED_BYTES_MAX = 1_048_576;

/** HTTP/1.1 of its own, on sockets, as long as plain OTLP requests come; a connection on which something else comes is given to Node's server, for good. */
export function createLeanHttpEngine(parts: HttpEngineParts): HttpEngine {
  // Sockets are read one after the other, and nothing of it is kept.
  const readBuffer = Buffer.allocUnsafeSlow(READ_BYTES);
  const open = new OpenSockets<PlainConnection>();
  const others = http.createServer(nodeHttpOptions(parts));
  const { adopt } = serveWithNode(others, parts);
  // It hears of connections by hand, but has to watch how long they take as if it listened.
  others.emit("listening");
  let isDraining = false;

  function serve(accepted: net.Socket): void {
    // The server does not know them any more once they are read in this way, and can't count them.
    if (open.size >= parts.security.connectionsMax) {
      parts.security.connectionsTurnedAway++;
      return void accepted.destroy();
    }
    let handedOver: HandedOver | undefined;
    let ignored = 0;
    const socket = readInto(accepted, readBuffer, (bytes, length) => {
      if (handedOver !== undefined) return handedOver.bring(bytes === readBuffer ? Buffer.from(bytes.subarray(0, length)) : bytes);
      if (bytes !== readBuffer) parts.buffersDropped(length);
      if (!connection.isOver) return connection.read(bytes, 0, length);
      ignored += length;
      if (ignored > IGNORED_BYTES_MAX) socket.destroy();
    });
    const calls = parts.connected();
    const connection = new PlainConnection({
      calls,
      unreadable: parts.unreadable,
      now: () => performance.now(),
      headTimeoutMs: headTimeoutMs(parts),
      requestTimeoutMs: parts.requestTimeoutMs,
      transport: {
        write: (bytes) => void (socket.destroyed || socket.write(bytes)),
        get unsentBytes() {
          return socket.writableLength;
        },
        pause: () => void socket.pause(),
        resume: () => void socket.resume(),
        end() {
          if (socket.destroyed) return;
          socket.resume();
          socket.end();
          setTimeout(() => socket.destroy(), LINGER_MS).unref();
        },
        cut: () => void socket.destroy(),
        handOver(bytes) {
          handedOver = new HandedOver(socket, bytes);
          adopt(handedOver, calls);
          others.emit("connection", handedOver);
        },
      },
    });
    open.add(socket, connection);
    socket.on("drain", () => connection.drained());
    socket.on("end", () => {
      if (handedOver !== undefined) return handedOver.finished();
      connection.finished();
    });
    socket.on("error", (error) => handedOver?.destroy(error));
    socket.on("close", () => {
      connection.closed();
      handedOver?.destroy();
      open.delete(socket);
    });
    socket.resume();
  }

  const secure = serverTlsOptions(parts.security);
  const server =
    secure === undefined
      ? net.createServer({ noDelay: true, pauseOnConnect: true, allowHalfOpen: true }, serve)
      : tls.createServer({ ...secure, ALPNProtocols: ["http/1.1"], noDelay: true, allowHalfOpen: true }, serve);
  guardServer(server, parts.security);
  const sweep = setInterval(() => {
    for (const connection of open.served) connection.sweep();
    if (isDraining) others.closeIdleConnections();
  }, checkIntervalMs(parts)).unref();

  return {
    start: (host, port) => listen(server, host, port, parts.reusePort),
    async shutdown(deadlineMs) {
      if (!server.listening) return;
      isDraining = true;
      const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
      const drained = open.drain(deadlineMs);
      others.closeIdleConnections();
      await drained;
      clearInterval(sweep);
      others.close();
      await stopped;
    },
  };
}
