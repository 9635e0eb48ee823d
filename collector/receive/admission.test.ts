import { describe, expect, it } from "vitest";
import { Admission, BYTES_IN_FLIGHT_MAX } from "./admission.ts";
import { BodyPool } from "./bodyPool.ts";
import { RequestBody } from "./requestBody.ts";

const admissionOf = (concurrentRequestsMax = 2) => new Admission({ requestBytesMax: 1_000_000, concurrentRequestsMax });

describe("Admission", () => {
  it("lets so many requests in at a time, and turns further ones away with a delay", () => {
    const admission = admissionOf(2);
    expect([admission.enter(), admission.enter()]).toEqual([undefined, undefined]);
    expect(admission.enter()).toMatchObject({ reason: "busy", retryAfterMs: 1000 });
    admission.leave();
    expect(admission.enter()).toBeUndefined();
  });

  it("lets nobody in while it drains", () => {
    const admission = admissionOf();
    admission.draining = true;
    expect(admission.enter()).toMatchObject({ reason: "draining", retryAfterMs: 1000 });
  });

  it("bounds the bytes of all requests together", () => {
    const admission = admissionOf();
    expect(admission.reserve(BYTES_IN_FLIGHT_MAX)).toBe(true);
    expect(admission.reserve(1)).toBe(false);
    admission.release(1);
    expect(admission.reserve(1)).toBe(true);
  });
});

describe("RequestBody", () => {
  it("puts pieces together, whatever was expected, and gives everything back", () => {
    for (const expected of [0, 10, 300_000, 900_000_000]) {
      const admission = admissionOf();
      const body = new RequestBody(new BodyPool(), admission, 1_000_000);
      body.expect(expected);
      const pieces = [1, 70_000, 5, 200_000].map((length, i) => Buffer.alloc(length, i + 1));
      for (const piece of pieces) expect(body.append(piece)).toBe("ok");
      expect(body.bytes.subarray(0, body.length).equals(Buffer.concat(pieces))).toBe(true);
      expect(admission.bytes).toBe(body.bytes.length);
      body.release();
      body.release();
      expect(admission.bytes).toBe(0);
    }
  });

  it("takes exactly its bound and not one byte more", () => {
    const body = new RequestBody(new BodyPool(), admissionOf(), 100);
    expect([body.append(Buffer.alloc(100)), body.append(Buffer.alloc(1))]).toEqual(["ok", "too_large"]);
    expect(body.length).toBe(100);
  });

  it("says busy when all bodies together have no room, and keeps what it has", () => {
    const admission = admissionOf();
    admission.reserve(BYTES_IN_FLIGHT_MAX - 65_536);
    const body = new RequestBody(new BodyPool(), admission, 1_000_000);
    expect([body.append(Buffer.alloc(65_536)), body.append(Buffer.alloc(1))]).toEqual(["ok", "busy"]);
    body.release();
    expect(admission.bytes).toBe(BYTES_IN_FLIGHT_MAX - 65_536);
  });
});

describe("BodyPool", () => {
  it("uses buffers again, and keeps a bounded amount", () => {
    const pool = new BodyPool();
    const first = pool.take(100_000);
    expect(first.length).toBe(131_072);
    pool.give(first);
    expect(pool.take(90_000)).toBe(first);
    const many = Array.from({ length: 100 }, () => pool.take(1_000_000));
    for (const buffer of many) pool.give(buffer);
    expect(pool.retainedBytes).toBeLessThanOrEqual(33_554_432);
  });
});
