import { eventMessage, type NotifyEvent } from "#domain/notify/events.ts";
import type { WebhookPort } from "../services/context.ts";
import { postWebhook } from "./postWebhook.ts";
import { signatureOf } from "./signature.ts";

const TIMEOUT_MS = 15_000;

/** Sends as Standard Webhooks 1.0 has it. `allowPrivate`: also to this machine and private networks. */
export function createWebhookSender({ publicUrl, nowMs, allowPrivate }: { publicUrl: () => string; nowMs: () => number; allowPrivate: boolean }): WebhookPort {
  return {
    send({ id, url, secrets, event }) {
      const body = eventMessage(event as NotifyEvent, publicUrl());
      const timestampS = Math.floor(nowMs() / 1_000);
      const headers = {
        "content-type": "application/json",
        "user-agent": "headgate-webhooks",
        "webhook-id": id,
        "webhook-timestamp": String(timestampS),
        "webhook-signature": signatureOf(secrets, id, timestampS, body),
      };
      return postWebhook({ url, headers, body, timeoutMs: TIMEOUT_MS, allowPrivate });
    },
  };
}
