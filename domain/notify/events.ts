import { z } from "zod";

/** What is told to the outside, each with one sentence for the form in which people choose. */
export const EVENT_KINDS = [
  "rollout.needs_you",
  "rollout.rolled_back",
  "rollout.completed",
  "break_glass.started",
  "break_glass.ended",
  "approval.requested",
  "test",
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export const EVENT_MEANINGS: Record<EventKind, string> = {
  "rollout.needs_you": "A rollout waits for a person: for an approval, or because a gate has no data.",
  "rollout.rolled_back": "A rollout went back to what ran before, and why.",
  "rollout.completed": "A rollout reached every collector of its group.",
  "break_glass.started": "Somebody has everything kept for a while.",
  "break_glass.ended": "Keeping everything has ended, with what it came to.",
  "approval.requested": "Somebody asks another person to say yes to a change.",
  test: "Somebody pressed the test button.",
};

const text = z.string().max(2000);
const count = z.number().min(0);
const rollout = z.strictObject({ id: text, title: text, group: text });

/** `path`: the page of ours that shows more, from the root; the message carries its whole address. */
const base = { atMs: z.number().min(0), path: z.string().max(500).startsWith("/") };

export const notifyEventSchema = z.discriminatedUnion("kind", [
  z.strictObject({ ...base, kind: z.literal("rollout.needs_you"), rollout, stage: count, why: text }),
  z.strictObject({ ...base, kind: z.literal("rollout.rolled_back"), rollout, stage: count, why: text, collectors: count }),
  z.strictObject({ ...base, kind: z.literal("rollout.completed"), rollout, collectors: count }),
  z.strictObject({ ...base, kind: z.literal("break_glass.started"), id: text, what: text, by: text, reason: text, endsAtMs: count }),
  z.strictObject({
    ...base,
    kind: z.literal("break_glass.ended"),
    id: text,
    what: text,
    /** Null: its time was over. */
    endedBy: text.nullable(),
    keptSpans: count,
    keptBytes: count,
    costMicroUsd: count.nullable(),
  }),
  z.strictObject({ ...base, kind: z.literal("approval.requested"), id: text, title: text, group: text.nullable(), by: text, message: text.nullable() }),
  z.strictObject({ ...base, kind: z.literal("test"), by: text }),
]);
export type NotifyEvent = z.infer<typeof notifyEventSchema>;

/** The body that is sent, as the Standard Webhooks specification has it: `type`, `timestamp`, `data`. `publicUrl`: where people reach this control plane. */
export function eventMessage({ kind, atMs, path, ...data }: NotifyEvent, publicUrl: string): string {
  return JSON.stringify({ type: kind, timestamp: new Date(atMs).toISOString(), data: { ...data, url: new URL(path, publicUrl).href } });
}
