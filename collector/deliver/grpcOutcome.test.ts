import { describe, expect, it } from "vitest";
import { encodeRpcStatus } from "../status/rpcStatus.ts";
import { outcomeOfGrpc } from "./grpcOutcome.ts";

const none = Buffer.alloc(0);
const retryInfo = encodeRpcStatus({ code: 8, message: "", retryAfterMs: 2500 }).toString("base64");

describe("outcomeOfGrpc", () => {
  it.each([1, 4, 10, 11, 14, 15])("asks for another try on status %i", (code) => {
    expect(outcomeOfGrpc({ ":status": "200", "grpc-status": String(code) }, undefined, none)).toMatchObject({ kind: "retryable" });
  });

  it.each([2, 3, 5, 6, 7, 8, 9, 12, 13, 16])("gives up on status %i", (code) => {
    expect(outcomeOfGrpc({ ":status": "200" }, { "grpc-status": String(code) }, none)).toMatchObject({ kind: "permanent" });
  });

  it("tries again on RESOURCE_EXHAUSTED only where the server says when", () => {
    expect(outcomeOfGrpc({ ":status": "200" }, { "grpc-status": "8", "grpc-status-details-bin": retryInfo }, none)).toMatchObject({
      kind: "retryable",
      retryAfterMs: 2500,
    });
  });

  it.each([
    [503, "retryable"],
    [429, "retryable"],
    [404, "permanent"],
    [401, "permanent"],
  ])("understands HTTP %i from a proxy", (status, kind) => {
    expect(outcomeOfGrpc({ ":status": String(status) }, undefined, none)).toMatchObject({ kind });
  });

  it("reads a partial success", () => {
    const body = Buffer.from([0, 0, 0, 0, 8, 0x0a, 6, 0x08, 3, 0x12, 2, 0x6e, 0x6f]);
    expect(outcomeOfGrpc({ ":status": "200" }, { "grpc-status": "0" }, body)).toEqual({ kind: "delivered", rejectedSpans: 3, message: "no" });
  });

  it("has no outcome when nothing was answered, and asks for another try when the end is missing", () => {
    expect(outcomeOfGrpc({}, undefined, none)).toBeUndefined();
    expect(outcomeOfGrpc({ ":status": "200" }, undefined, none)).toMatchObject({ kind: "retryable" });
  });
});
