import { describe, expect, it } from "vitest";
import { decodeRpcStatus, encodeRpcStatus } from "./rpcStatus.ts";

describe("google.rpc.Status", () => {
  it("comes back as it was sent, the retry delay included", () => {
    const status = { code: 14, message: "the queue is full", retryAfterMs: 1500 };
    expect(decodeRpcStatus(encodeRpcStatus(status))).toEqual(status);
  });

  it("needs no retry delay", () => {
    expect(decodeRpcStatus(encodeRpcStatus({ code: 3, message: "bad", retryAfterMs: undefined }))).toEqual({
      code: 3,
      message: "bad",
      retryAfterMs: undefined,
    });
  });

  it("answers undefined to bytes that are no status, and never throws", () => {
    expect(decodeRpcStatus(Buffer.from([0x12, 0x7f, 0x00]))).toBeUndefined();
    expect(decodeRpcStatus(Buffer.from([0x0f]))).toBeUndefined();
    expect(decodeRpcStatus(Buffer.alloc(0))).toEqual({ code: 0, message: "", retryAfterMs: undefined });
  });
});
