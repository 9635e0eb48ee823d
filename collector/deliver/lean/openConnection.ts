import net from "node:net";
import tls from "node:tls";
import { WriteBuffers } from "../../http2/frameWriter.ts";
import type { SecureOptions } from "../clientTls.ts";
import { ClientConnection } from "./clientConnection.ts";

const READ_BYTES = 16_384;
/** How long the other side has to end a connection that this one has ended. */
const LINGER_MS = 1_000;
/** A connection that a firewall forgot is found out by TCP, also while nothing is sent. */
const KEEP_ALIVE_MS = 60_000;

const buffers = new WriteBuffers();
/** Sockets are read one after the other, and nothing of it is kept. */
let readBuffer: Buffer | undefined;

export type OpenConnection = {
  readonly connection: ClientConnection;
  /** The socket is closed. */
  readonly closed: Promise<void>;
  /** At once, whatever is under way. */
  destroy(): void;
};

/** A connection to the host and port of `url`, being made; `secure` is looked at when that is https. Why it could not be made is told by how its calls end. */
export function openConnection(url: URL, secure: SecureOptions | undefined, answerBytesMax: number): OpenConnection {
  const isSecure = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  readBuffer ??= Buffer.allocUnsafeSlow(READ_BYTES);
  const onread = {
    buffer: readBuffer,
    callback: (length: number, bytes: Uint8Array) => {
      connection.read(bytes as Buffer, 0, length);
      return true;
    },
  };
  const options = { host, port: Number(url.port || (isSecure ? 443 : 80)), noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS, onread };
  const socket = isSecure
    ? tls.connect({ ...options, ...(net.isIP(host) === 0 && { servername: host }), ALPNProtocols: ["h2"], ...secure })
    : net.connect(options);
  const connection = new ClientConnection({
    transport: {
      cork: () => socket.cork(),
      uncork: () => socket.uncork(),
      write(bytes) {
        if (socket.writable) socket.write(bytes);
      },
      get unsentBytes() {
        return socket.destroyed ? 0 : socket.writableLength;
      },
      end() {
        if (socket.destroyed) return;
        socket.end();
        setTimeout(() => socket.destroy(), LINGER_MS).unref();
      },
      destroy: () => void socket.destroy(),
    },
    buffers,
    now: () => performance.now(),
    answerBytesMax,
  });
  let failure: Error | undefined;
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  socket.on(isSecure ? "secureConnect" : "connect", () => connection.opened());
  socket.on("error", (error) => {
    failure = error;
  });
  socket.on("drain", () => connection.written());
  // What is unsent then would keep it open for as long as the other side does not read.
  socket.on("end", () => socket.destroy());
  socket.on("close", () => {
    connection.closed(failure);
    resolve();
  });
  socket.resume();
  return { connection, closed, destroy: () => void socket.destroy() };
}
