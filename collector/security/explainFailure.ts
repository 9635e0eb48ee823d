import type { OtlpExportSettings } from "#domain/pipeline/exportSettings.ts";
import { messageOf } from "../appError.ts";

const CAUSES_MAX = 5;
/** OpenSSL's and Node's codes for a certificate that nobody trusted here has signed. */
const UNTRUSTED = new Set([
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
]);
/** Alerts (RFC 8446, 6.2) by which a server turns a client certificate down, or says that it wants one. */
const ABOUT_CLIENT_CERTIFICATE =
  /alert (certificate required|bad certificate|unsupported certificate|certificate revoked|certificate expired|certificate unknown|unknown ca|access denied)/i;
const NO_TLS = /wrong version number|packet length too long/i;
const NO_COMMON_VERSION = /alert protocol version|unsupported protocol/i;

/** An error of a connection to a backend in words that say what to do; its own where it is none of TLS. */
export function explainFailure(error: unknown, settings: OtlpExportSettings): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < CAUSES_MAX; at = at.cause, depth++) {
    const { code } = at as NodeJS.ErrnoException;
    if (code === "ECONNRESET" || code === "EPIPE") return `${explainClosed(settings)} (${code})`;
    const sentence = typeof code === "string" ? sentenceOf(code, at, settings) : undefined;
    if (sentence !== undefined) return `${sentence} (${code})`;
  }
  return messageOf(error);
}

function sentenceOf(code: string, error: Error, { tls }: OtlpExportSettings): string | undefined {
  if (code === "DEPTH_ZERO_SELF_SIGNED_CERT") return "its certificate is self-signed; give that certificate as tls.caFile to trust it";
  if (UNTRUSTED.has(code)) {
    return tls?.caFile === undefined
      ? "its certificate comes from a CA that is not known here; give that CA as tls.caFile"
      : `its certificate comes from none of the CAs in ${tls.caFile} (tls.caFile)`;
  }
  if (code === "CERT_HAS_EXPIRED") return "its certificate has expired";
  if (code === "CERT_NOT_YET_VALID") return "its certificate is not valid yet; compare the clocks";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    const { reason: names } = error as Error & { reason?: string };
    return `its certificate is for another name (${names ?? error.message}); use that name in the endpoint, or as tls.serverName`;
  }
  // The reason stands in the code or, where it is EPROTO, in OpenSSL's own message.
  const reason = `${code.replaceAll("_", " ")} ${error.message}`;
  if (NO_TLS.test(reason)) return "it does not speak TLS there; use http:// or another port";
  if (NO_COMMON_VERSION.test(reason)) return "it speaks no TLS version that is spoken here";
  if (ABOUT_CLIENT_CERTIFICATE.test(reason)) {
    return tls?.certFile === undefined
      ? "it wants a client certificate; give one as tls.certFile and tls.keyFile"
      : `it does not take the client certificate in ${tls.certFile} (tls.certFile)`;
  }
  return undefined;
}

/**
 * When a connection was closed before an answer came. Some servers, Node's among them, do so without a word where they are not content with the client certificate.
 */
export function explainClosed({ tls, endpoint }: OtlpExportSettings): string {
  const closed = "the connection was closed before an answer came";
  if (!endpoint.startsWith("https:")) return closed;
  return tls?.certFile === undefined
    ? `${closed}; so do servers that want a client certificate (tls.certFile)`
    : `${closed}; so do servers that do not take the client certificate in ${tls.certFile} (tls.certFile)`;
}
