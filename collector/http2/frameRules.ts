import { FLAG, FRAME, FRAME_BYTES_MAX, H2, readUInt32, SETTING, WINDOW_MAX } from "./http2.ts";

/** A rule that the other side has broken: what is said to it, as the code of an error of HTTP/2 and in words. */
export type Violation = { code: number; message: string };

const SETTINGS_MAX = 64;
const SETTING_BYTES = 6;

/** What a frame's header breaks whatever the state of the connection is (RFC 9113, 4.2 and 6). */
export function headerViolation(type: number, flags: number, id: number, length: number): Violation | undefined {
  if (length > FRAME_BYTES_MAX) return { code: H2.frameSizeError, message: `a frame has at most ${FRAME_BYTES_MAX} bytes` };
  const isOfConnection = type === FRAME.settings || type === FRAME.ping || type === FRAME.goAway;
  if (isOfConnection ? id !== 0 : id === 0 && type < FRAME.continuation && type !== FRAME.windowUpdate)
    return { code: H2.protocolError, message: `frames of type ${type} may not have stream id ${id}` };
  if (type === FRAME.pushPromise) return { code: H2.protocolError, message: "nothing may be pushed here" };
  if (type === FRAME.settings && length > SETTINGS_MAX * SETTING_BYTES) return { code: H2.enhanceYourCalm, message: `more than ${SETTINGS_MAX} settings` };
  return lengthFits(type, flags, length) ? undefined : { code: H2.frameSizeError, message: `a frame of type ${type} can't have ${length} bytes` };
}

function lengthFits(type: number, flags: number, length: number): boolean {
  switch (type) {
    case FRAME.data:
    case FRAME.headers:
      return (flags & FLAG.padded) === 0 || length > 0;
    case FRAME.priority:
      return length === 5;
    case FRAME.rstStream:
    case FRAME.windowUpdate:
      return length === 4;
    case FRAME.settings:
      return length % SETTING_BYTES === 0 && ((flags & FLAG.ack) === 0 || length === 0);
    case FRAME.ping:
      return length === 8;
    case FRAME.goAway:
      return length >= 8;
    default:
      return true;
  }
}

/** Where the fragment of a header block lies in the payload of HEADERS, and whether the stream depends on itself (RFC 9113, 6.2; RFC 7540, 5.3.1). */
export function fragmentOf(
  bytes: Buffer,
  start: number,
  end: number,
  flags: number,
  id: number,
): { from: number; to: number; dependsOnItself: boolean } | Violation {
  let from = start;
  let to = end;
  if (flags & FLAG.padded) to -= bytes[from++];
  let dependsOnItself = false;
  if (flags & FLAG.priority) {
    if (to - from < 5) return { code: H2.protocolError, message: "HEADERS is too short for its padding and priority" };
    dependsOnItself = (readUInt32(bytes, from) & WINDOW_MAX) === id;
    from += 5;
  }
  return to < from ? { code: H2.protocolError, message: "more padding than HEADERS has room for" } : { from, to, dependsOnItself };
}

/** Undefined: nothing was said of it. */
export type PeerSettings = {
  headerTableBytes: number | undefined;
  streamsMax: number | undefined;
  initialWindow: number | undefined;
  frameBytesMax: number | undefined;
};

/** What the other side's SETTINGS ask for (RFC 9113, 6.5.2). `pushMax`: 0 of a server, which can't be pushed to. */
export function readSettings(bytes: Buffer, start: number, end: number, pushMax: 0 | 1): PeerSettings | Violation {
  const asked: PeerSettings = { headerTableBytes: undefined, streamsMax: undefined, initialWindow: undefined, frameBytesMax: undefined };
  for (let at = start; at < end; at += SETTING_BYTES) {
    const value = readUInt32(bytes, at + 2);
    switch ((bytes[at] << 8) | bytes[at + 1]) {
      case SETTING.headerTableSize:
        asked.headerTableBytes = value;
        break;
      case SETTING.enablePush:
        if (value > pushMax) return { code: H2.protocolError, message: pushMax === 1 ? "ENABLE_PUSH is 0 or 1" : "a server's ENABLE_PUSH is 0" };
        break;
      case SETTING.maxConcurrentStreams:
        asked.streamsMax = value;
        break;
      case SETTING.initialWindowSize:
        if (value > WINDOW_MAX) return { code: H2.flowControlError, message: "INITIAL_WINDOW_SIZE is at most 2^31 - 1" };
        asked.initialWindow = value;
        break;
      case SETTING.maxFrameSize:
        if (value < FRAME_BYTES_MAX || value > 0xffffff) return { code: H2.protocolError, message: "MAX_FRAME_SIZE is 16384 to 2^24 - 1" };
        asked.frameBytesMax = value;
        break;
    }
  }
  return asked;
}
