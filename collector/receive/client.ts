import { Line } from "./turns.ts";

/**
 * A client is a connection: an HTTP/2 session or an HTTP/1.1 socket. An address is none: behind one stand all the services of a NAT, of a node's sidecar proxies or of
 * this machine, and what a client says of itself (a header, service.name) is not to be trusted with its share.
 */
export class Client {
  /** Of it that are being read, wait to be taken in, or wait for their answer. */
  requests = 0;
  readonly line = new Line();
}
