import { lookup } from "node:dns/promises";
import http from "node:http";
import https from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { isPrivateAddress } from "./isPrivateAddress.ts";

export type Posted = { ok: boolean; status: number | null; body: string; error: string | null; tookMs: number };
type Options = { url: string; headers: Record<string, string>; body: string; timeoutMs: number; allowPrivate: boolean };

const ANSWER_BYTES_KEPT = 1_024;

/**
 * One try: POSTs the body and reads the first bytes of the answer. 2xx is delivered; redirects are not followed. The address is looked up once and the connection goes to
 * that very address, so that a name can't change to a private one in between. Never rejects.
 */
export async function postWebhook({ url, headers, body, timeoutMs, allowPrivate }: Options): Promise<Posted> {
  const began = performance.now();
  const failed = (error: string): Posted => ({ ok: false, status: null, body: "", error, tookMs: performance.now() - began });
  const target = new URL(url);
  const signal = AbortSignal.timeout(timeoutMs);
  let address: string;
  try {
    address = await addressOf(target.hostname.replace(/^\[|\]$/g, ""), signal);
  } catch (error) {
    return failed(signal.aborted ? `no answer within ${timeoutMs} ms` : `the name ${target.hostname} could not be looked up: ${messageOf(error)}`);
  }
  if (!allowPrivate && isPrivateAddress(address))
    return failed(`${target.hostname} is ${address}, a private address; allow those with HEADGATE_WEBHOOKS_PRIVATE=allow on the server`);
  return new Promise((resolve) => {
    const pinned: LookupFunction = (_name, options, done) => {
      const family = isIP(address);
      if (options.all) done(null, [{ address, family }]);
      else done(null, address, family);
    };
    const client = target.protocol === "https:" ? https : http;
    const request = client.request(
      target,
      { method: "POST", headers: { ...headers, "content-length": String(Buffer.byteLength(body)) }, lookup: pinned, signal, agent: false },
      (response) => {
        const pieces: Buffer[] = [];
        let bytes = 0;
        const end = () => {
          const status = response.statusCode ?? 0;
          const text = Buffer.concat(pieces).subarray(0, ANSWER_BYTES_KEPT).toString("utf8").replaceAll("\0", "");
          const ok = status >= 200 && status < 300;
          const error = ok ? null : status >= 300 && status < 400 ? "it answered with a redirect, which is not followed" : `it answered ${status}`;
          resolve({ ok, status, body: text, error, tookMs: performance.now() - began });
          request.destroy();
        };
        response.on("data", (piece: Buffer) => {
          pieces.push(piece);
          bytes += piece.length;
          if (bytes >= ANSWER_BYTES_KEPT) end();
        });
        response.on("end", end);
        response.on("error", () => end());
      },
    );
    request.on("error", (error) => resolve(failed(signal.aborted ? `no answer within ${timeoutMs} ms` : messageOf(error))));
    request.end(body);
  });
}

async function addressOf(host: string, signal: AbortSignal): Promise<string> {
  if (isIP(host)) return host;
  const aborted = new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
  return (await Promise.race([lookup(host), aborted])).address;
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code) : String(error)).slice(0, 300);
}
