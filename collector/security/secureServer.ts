import type { Server } from "node:net";
import type tls from "node:tls";
import type { ReceiverSecurity } from "./receiverSecurity.ts";

const HANDSHAKE_TIMEOUT_MS = 10_000;

/** Options for a server that speaks TLS as the settings ask for it. */
export function serverTlsOptions(security: ReceiverSecurity): tls.TlsOptions | undefined {
  const { tls: files } = security;
  if (files === undefined) return undefined;
  return { ...files.value.options, requestCert: files.value.options.ca !== undefined, rejectUnauthorized: true, handshakeTimeout: HANDSHAKE_TIMEOUT_MS };
}

/** Bounds a server's connections, counts what it turned away, and puts certificates in force that come while it runs (for connections from then on). */
export function guardServer(server: Server, security: ReceiverSecurity): void {
  server.maxConnections = security.connectionsMax;
  server.on("drop", () => security.connectionsTurnedAway++);
  if (security.tls === undefined) return;
  const secure = server as tls.Server;
  secure.on("tlsClientError", () => security.handshakesFailed++);
  security.tls.onChange(({ options }) => secure.setSecureContext(options));
}
