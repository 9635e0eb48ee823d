import { AuthorizationResponseError, ClientError, ResponseBodyError, WWWAuthenticateChallengeError } from "openid-client";
import type { SignOnRefusal } from "#domain/auth/signOnRefusal.ts";

const CLAIMS: Record<string, SignOnRefusal> = {
  nonce: "nonce",
  aud: "audience",
  azp: "audience",
  iss: "issuer",
  exp: "expired",
  iat: "expired",
  nbf: "expired",
};
const DETAIL_MAX = 300;

/** What went wrong while speaking to the provider, as one of our refusals; `detail` is for the audit and the log. */
export function toRefusal(error: unknown): { refusal: SignOnRefusal; detail: string } {
  return { refusal: refusalOf(error), detail: inOneLine(error).slice(0, DETAIL_MAX) };
}

function refusalOf(error: unknown): SignOnRefusal {
  if (error instanceof AuthorizationResponseError) return error.error === "access_denied" || /_required$/.test(error.error) ? "denied" : "answer";
  if (error instanceof ResponseBodyError) {
    if (/_client$/.test(error.error)) return "client";
    // A code is good once and for a short time: who goes back in the browser's history brings an old one.
    return error.error === "invalid_grant" ? "state" : "answer";
  }
  if (error instanceof WWWAuthenticateChallengeError) return isClientChallenge(error) ? "client" : "answer";
  if (!(error instanceof ClientError)) return error instanceof TypeError ? "provider" : "answer";
  const text = inOneLine(error);
  switch (error.code) {
    case "OAUTH_TIMEOUT":
    case "OAUTH_RESPONSE_IS_NOT_CONFORM":
      return "provider";
    case "OAUTH_JWT_CLAIM_COMPARISON_FAILED":
    case "OAUTH_JWT_TIMESTAMP_CHECK_FAILED":
      return CLAIMS[claimOf(error) ?? ""] ?? "answer";
    case "OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED":
      return "issuer";
    case "OAUTH_KEY_SELECTION_FAILED":
      return "signature";
    case "OAUTH_INVALID_RESPONSE":
      if (/"state"/.test(text)) return "state";
      if (/"nonce"/.test(text)) return "nonce";
      if (/"iss"/.test(text)) return "issuer";
      return /signature/i.test(text) ? "signature" : "answer";
    default:
      return "answer";
  }
}

/** A token endpoint asks for the client's ID and secret by the scheme Basic; Bearer is what the person's token is asked for with. */
function isClientChallenge({ cause }: WWWAuthenticateChallengeError): boolean {
  return cause.some(({ scheme }) => scheme === "basic");
}

/** Which claim did not fit: it stands somewhere down the chain of causes. */
function claimOf(error: unknown): string | null {
  for (let [here, depth] = [error, 0]; typeof here === "object" && here !== null && depth < 6; depth++) {
    if ("claim" in here && typeof here.claim === "string") return here.claim;
    here = "cause" in here ? here.cause : null;
  }
  return null;
}

function inOneLine(error: unknown): string {
  const parts: string[] = [];
  for (let [here, depth] = [error, 0]; here instanceof Error && depth < 5; depth++) {
    const about = here instanceof ResponseBodyError || here instanceof AuthorizationResponseError ? `${here.error} ${here.error_description ?? ""}` : "";
    parts.push([here.message, about, "code" in here && typeof here.code === "string" ? here.code : ""].filter(Boolean).join(" "));
    here = here.cause;
  }
  return (parts.length === 0 ? String(error) : parts.join(": ")).replace(/\s+/g, " ");
}
