import { X509Certificate } from "node:crypto";
import tls from "node:tls";
import type { ServerTlsSettings } from "#domain/pipeline/receivers.ts";
import { messageOf } from "../appError.ts";
import type { Clock } from "../clock.ts";
import { WatchedFiles } from "./watchedFiles.ts";

/** What a TLS server is made of, and made of anew after a reload (`setSecureContext`). `notAfterMs`: when the certificate ends, Unix ms. */
export type ServerContext = { options: tls.SecureContextOptions; notAfterMs: number };

/** A server's certificate, key and, for mTLS, CAs of its clients; read again when the files change. Rejects with what is wrong with them. */
export function openServerTls(
  settings: ServerTlsSettings,
  intervalMs: number,
  clock: Clock,
  failed: (message: string) => void,
): Promise<WatchedFiles<ServerContext>> {
  const { certFile, keyFile, clientCaFile, minVersion } = settings;
  return WatchedFiles.open({
    files: clientCaFile === undefined ? [certFile, keyFile] : [certFile, keyFile, clientCaFile],
    parse([cert, key, ca]) {
      const options: tls.SecureContextOptions = { cert, key, ca, minVersion: `TLSv${minVersion}` };
      checkContext(options, certFile, keyFile, clientCaFile);
      return { options, notAfterMs: Date.parse(new X509Certificate(cert).validTo) };
    },
    ...{ clock, intervalMs, failed },
  });
}

/** Throws, with the files' names, when TLS can't be made of them: no PEM, or a key that belongs to another certificate. */
export function checkContext({ cert, key, ca }: tls.SecureContextOptions, certFile: string, keyFile: string, caFile: string | undefined): void {
  if (cert !== undefined) orThrow(`${certFile} holds no certificate in PEM`, () => tls.createSecureContext({ cert }));
  if (key !== undefined) orThrow(`${keyFile} holds no private key in PEM (encrypted ones can't be used)`, () => tls.createSecureContext({ key }));
  if (cert !== undefined && key !== undefined)
    orThrow(`the key in ${keyFile} does not belong to the certificate in ${certFile}`, () => tls.createSecureContext({ cert, key }));
  // Node takes a CA file without any certificate for one that trusts nobody, silently.
  if (ca !== undefined && caFile !== undefined) orThrow(`${caFile} holds no certificate in PEM`, () => new X509Certificate(ca as Buffer));
}

function orThrow(problem: string, attempt: () => unknown): void {
  try {
    attempt();
  } catch (error) {
    throw new Error(`${problem} (${messageOf(error)})`, { cause: error });
  }
}
