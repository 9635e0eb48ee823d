import { createHmac } from "node:crypto";

export const SECRET_PREFIX = "whsec_";

/** The value of `webhook-signature` (Standard Webhooks 1.0, symmetric): one `v1,…` for each secret, the newest first. Secrets are `whsec_` and base64. */
export function signatureOf(secrets: readonly string[], id: string, timestampS: number, body: string): string {
  return secrets
    .map((secret) => {
      const key = Buffer.from(secret.slice(SECRET_PREFIX.length), "base64");
      return `v1,${createHmac("sha256", key).update(`${id}.${timestampS}.${body}`).digest("base64")}`;
    })
    .join(" ");
}
