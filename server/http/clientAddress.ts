import type { IncomingMessage } from "node:http";

const LOOPBACK = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);

/** Who sends: the peer, or, behind a proxy on this machine, whom the proxy names last. Others may write into that header what they like. */
export function clientAddress(req: IncomingMessage, behindProxy: boolean): string {
  const peer = req.socket.remoteAddress ?? "unknown";
  if (!behindProxy || !LOOPBACK.has(peer)) return peer;
  const forwarded = req.headers["x-forwarded-for"];
  const last = (Array.isArray(forwarded) ? forwarded.join(",") : forwarded)?.split(",").at(-1)?.trim();
  return last || peer;
}
