import net from "node:net";

/**
 * Has a paused socket of a server read into `buffer`, over and over, and gives what came to `take`: fresh buffers of 64 kB for each read cost more than all of HTTP/2.
 * Returns the socket to go on with. Node offers that (`onread`) for sockets that one makes, so the connection is handed to a new one; a socket without such a connection
 * (TLS) gives the chunks that Node makes.
 */
export function readInto(socket: net.Socket, buffer: Buffer, take: (bytes: Buffer, length: number) => void): net.Socket {
  const holder = socket as net.Socket & { _handle?: object | null };
  const handle = holder._handle;
  if (socket.constructor !== net.Socket || !handle) {
    socket.on("data", (chunk: Buffer) => take(chunk, chunk.length));
    return socket;
  }
  holder._handle = null;
  socket.destroy();
  const onread = {
    buffer,
    callback: (length: number) => {
      take(buffer, length);
      return true;
    },
  };
  return new net.Socket({ handle, onread, allowHalfOpen: socket.allowHalfOpen } as net.SocketConstructorOpts);
}
