import type { ServerEnv } from "./env.ts";

type Listeners = Pick<ServerEnv, "HEADGATE_HTTP_HOST" | "HEADGATE_FLEET_HOST" | "HEADGATE_PUBLIC_URL">;

/** What other machines can reach without encryption, a sentence each with what to do about it; empty while everything listens on loopback. */
export function openWithoutTls(env: Listeners): string[] {
  const sentences: string[] = [];
  if (!isLoopback(env.HEADGATE_HTTP_HOST) && !env.HEADGATE_PUBLIC_URL?.startsWith("https:")) {
    sentences.push(`Pages are served on ${env.HEADGATE_HTTP_HOST} without TLS: put a proxy with TLS in front and set HEADGATE_PUBLIC_URL.`);
  }
  if (!isLoopback(env.HEADGATE_FLEET_HOST)) {
    sentences.push(`The fleet channel listens on ${env.HEADGATE_FLEET_HOST} without TLS: put a proxy with TLS in front.`);
  }
  return sentences;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
