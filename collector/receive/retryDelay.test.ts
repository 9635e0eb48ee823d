import { describe, expect, it } from "vitest";
import { decodeRpcStatus } from "../status/rpcStatus.ts";
import { refusal } from "./answer.ts";
import { grpcTrailers } from "./grpcAnswer.ts";
import { retryDelayMs, retryDelaySeconds } from "./retryDelay.ts";

/** 0, 0.01 … 0.99, over and over. */
function evenly(): () => number {
  let at = 0;
  return () => (at++ % 100) / 100;
}

describe("the delay a refused client is told", () => {
  it("spreads over half to one and a half of what is meant", () => {
    const random = evenly();
    const delays = Array.from({ length: 100 }, () => retryDelayMs(1000, random));
    expect([Math.min(...delays), Math.max(...delays)]).toEqual([500, 1490]);
    expect(new Set(delays).size).toBe(100);
  });

  it("spreads over whole seconds in Retry-After, and is never 0", () => {
    const of = (baseMs: number) => {
      const random = evenly();
      return [...new Set(Array.from({ length: 100 }, () => retryDelaySeconds(baseMs, random)))].sort((a, b) => a - b);
    };
    expect([of(1), of(1000), of(4000)]).toEqual([[1], [1, 2], [1, 2, 3, 4, 5, 6]]);
  });

  it("is in the gRPC answer as it was drawn, and not there when trying again is no use", () => {
    const told = (retryAfterMs?: number) => {
      const details = grpcTrailers(refusal("busy", "later", retryAfterMs), () => 0.25)["grpc-status-details-bin"];
      return details === undefined ? undefined : decodeRpcStatus(Buffer.from(details, "base64"))?.retryAfterMs;
    };
    expect([told(1000), told()]).toEqual([750, undefined]);
  });
});
