import protobuf from "protobufjs/minimal.js";

/** The canonical gRPC codes that this collector gives or understands (google/rpc/code.proto). */
export const GRPC = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

const RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";

export type RpcStatus = { code: number; message: string; retryAfterMs: number | undefined };

/** google.rpc.Status, with google.rpc.RetryInfo among its details when `retryAfterMs` is given. */
export function encodeRpcStatus(status: RpcStatus): Buffer {
  const writer = protobuf.Writer.create();
  if (status.code !== 0) writer.uint32(8).int32(status.code);
  if (status.message !== "") writer.uint32(18).string(status.message);
  if (status.retryAfterMs !== undefined) {
    const seconds = Math.floor(status.retryAfterMs / 1000);
    const nanos = Math.round((status.retryAfterMs - seconds * 1000) * 1e6);
    writer.uint32(26).fork().uint32(10).string(RETRY_INFO).uint32(18).fork().uint32(10).fork();
    if (seconds > 0) writer.uint32(8).uint32(seconds);
    if (nanos > 0) writer.uint32(16).uint32(nanos);
    writer.ldelim().ldelim().ldelim();
  }
  return Buffer.from(writer.finish());
}

/** Reads google.rpc.Status; `undefined` when the bytes are none. A backend is not trusted: nothing it sends may throw. */
export function decodeRpcStatus(bytes: Uint8Array): RpcStatus | undefined {
  try {
    const status: RpcStatus = { code: 0, message: "", retryAfterMs: undefined };
    readFields(bytes, (field, reader) => {
      if (field === 8) status.code = reader.int32();
      else if (field === 18) status.message = reader.string();
      else if (field === 26) status.retryAfterMs = readRetryInfo(reader.bytes()) ?? status.retryAfterMs;
      else return false;
      return true;
    });
    return status;
  } catch {
    return undefined;
  }
}

function readRetryInfo(any: Uint8Array): number | undefined {
  let type = "";
  let value: Uint8Array = new Uint8Array(0);
  readFields(any, (field, reader) => {
    if (field === 10) type = reader.string();
    else if (field === 18) value = reader.bytes();
    else return false;
    return true;
  });
  if (!type.endsWith("/google.rpc.RetryInfo")) return undefined;
  let delayMs: number | undefined;
  readFields(value, (field, reader) => {
    if (field !== 10) return false;
    delayMs = 0;
    readFields(reader.bytes(), (part, duration) => {
      if (part === 8) delayMs = (delayMs ?? 0) + Number(duration.int64()) * 1000;
      else if (part === 16) delayMs = (delayMs ?? 0) + duration.int32() / 1e6;
      else return false;
      return true;
    });
    return true;
  });
  return delayMs === undefined ? undefined : Math.max(0, delayMs);
}

/** Calls `read` with each field's tag; a field that it does not take is skipped. */
export function readFields(bytes: Uint8Array, read: (tag: number, reader: protobuf.Reader) => boolean): void {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (!read(tag, reader)) reader.skipType(tag & 7);
  }
}
