import { z } from "zod";
import type { RecordedPart } from "./recording.ts";

/**
 * A file of a recording is a valid zstd stream: skippable frames (RFC 8878 §3.1.2) with what is said of the data, as JSON, and zstd frames with the data. It begins with a
 * `FileHead`; then come blocks, each a `BlockHead` and, where it has parts, one zstd frame with all of them.
 */
const SKIPPABLE_MAGIC = 0x184d2a5c;
export const HEAD_BYTES = 8;
/** What a reader takes for possible; more is no file of ours. */
export const JSON_BYTES_MAX = 65_536;
export const FRAME_BYTES_MAX = 16_777_216;
export const PLAIN_BYTES_MAX = 16_777_216;
const PART_HEAD_BYTES = 40;
export const PART_HEADROOM = PART_HEAD_BYTES;

const count = z.number().min(0).max(Number.MAX_SAFE_INTEGER);
const time = z.number().min(0).max(8.64e15);
const gap = z.strictObject({ fromMs: time, untilMs: time, reason: z.string().max(200) });

export const fileHeadSchema = z.object({
  headgateRecording: z.literal(1),
  startedMs: time,
  /** Of how the collector ran before: `continued` follows on the file before it without a gap. */
  begins: z.enum(["continued", "started"]),
  /** Attributes whose values are redacted in it. */
  redact: z.array(z.string().max(256)).max(100),
});
export type FileHead = z.infer<typeof fileHeadSchema>;

/** All of a block that a reader wants to know before it reads it. It covers its time without a hole, but for its gap. */
export const blockHeadSchema = z.object({
  fromMs: time,
  untilMs: time,
  /** The lowest of its parts; what would be recorded where it has none. */
  share: z.number().min(0).max(1),
  spans: count,
  /** Bytes of the zstd frame that follows, and of what is in it; 0: none follows. */
  frameBytes: count.max(FRAME_BYTES_MAX),
  plainBytes: count.max(PLAIN_BYTES_MAX),
  /** What was not recorded although it should have been, since the block before. */
  gap: gap.optional(),
  /** The collector stopped in order after it. */
  ends: z.literal(true).optional(),
});
export type BlockHead = z.infer<typeof blockHeadSchema>;

export function writeHead(head: FileHead | BlockHead): Buffer {
  const text = Buffer.from(JSON.stringify(head));
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + text.length);
  bytes.writeUInt32LE(SKIPPABLE_MAGIC, 0);
  bytes.writeUInt32LE(text.length, 4);
  text.copy(bytes, HEAD_BYTES);
  return bytes;
}

/** Bytes of the JSON that follows; −1 where there is no such frame. */
export function jsonLength(bytes: Buffer, at: number): number {
  if (bytes.length - at < HEAD_BYTES || bytes.readUInt32LE(at) !== SKIPPABLE_MAGIC) return -1;
  const length = bytes.readUInt32LE(at + 4);
  return length > JSON_BYTES_MAX ? -1 : length;
}

export function readJson<T>(bytes: Buffer, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(bytes.toString())).data;
  } catch {
    return undefined;
  }
}

/** Writes what is said of a part in front of its request, which begins PART_HEADROOM further on. */
export function writePartHead(
  out: Buffer,
  at: number,
  requestBytes: number,
  { atMs, share, spans, seenSpans, seenBytes }: Omit<RecordedPart, "request">,
): void {
  out.writeUInt32LE(requestBytes, at);
  out.writeUInt32LE(spans, at + 4);
  out.writeDoubleLE(atMs, at + 8);
  out.writeDoubleLE(share, at + 16);
  out.writeDoubleLE(seenSpans, at + 24);
  out.writeDoubleLE(seenBytes, at + 32);
}

/** The parts of a block; undefined where its bytes are not what they should be. */
export function readParts(plain: Buffer): RecordedPart[] | undefined {
  const parts: RecordedPart[] = [];
  for (let at = 0; at < plain.length; ) {
    if (plain.length - at < PART_HEAD_BYTES) return undefined;
    const requestBytes = plain.readUInt32LE(at);
    const body = at + PART_HEAD_BYTES;
    if (requestBytes > plain.length - body) return undefined;
    const part = {
      atMs: plain.readDoubleLE(at + 8),
      request: plain.subarray(body, body + requestBytes),
      spans: plain.readUInt32LE(at + 4),
      share: plain.readDoubleLE(at + 16),
      seenSpans: plain.readDoubleLE(at + 24),
      seenBytes: plain.readDoubleLE(at + 32),
    };
    if (!(part.atMs >= 0 && part.share > 0 && part.share <= 1 && part.seenSpans >= 0 && part.seenBytes >= 0)) return undefined;
    parts.push(part);
    at = body + requestBytes;
  }
  return parts;
}

const NAME = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z-(\d{8,15})\.recording\.zst$/;

/** `20261129T164500123Z-00000012.recording.zst`: names sort by time; the number counts the files of one thread, through restarts. */
export function fileName(unixMs: number, number: number): string {
  return `${new Date(unixMs).toISOString().replace(/[-:.]/g, "")}-${String(number).padStart(8, "0")}.recording.zst`;
}

/** Undefined of a file that is none of ours. */
export function readFileName(name: string): { number: number; startedMs: number } | undefined {
  const found = NAME.exec(name);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second, ms, number] = found.map(Number);
  return { number, startedMs: Date.UTC(year, month - 1, day, hour, minute, second, ms) };
}
