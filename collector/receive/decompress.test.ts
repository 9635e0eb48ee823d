import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decompress, parseEncoding } from "./decompress.ts";

const text = Buffer.from("headgate ".repeat(1000));
const compress = { gzip: gzipSync, zstd: zstdCompressSync };

describe.each(["gzip", "zstd"] as const)("decompress %s", (encoding) => {
  it("gives back what was compressed", async () => {
    expect(await decompress(compress[encoding](text), encoding, 100_000)).toEqual(text);
  });

  it("stops a bomb at the limit", async () => {
    const bomb = compress[encoding](Buffer.alloc(50_000_000));
    expect(await decompress(bomb, encoding, 1_000_000)).toMatchObject({ ok: false, reason: "too_large" });
  });

  it("allows exactly the limit", async () => {
    expect(await decompress(compress[encoding](text), encoding, text.length)).toEqual(text);
    expect(await decompress(compress[encoding](text), encoding, text.length - 1)).toMatchObject({ reason: "too_large" });
  });

  it("refuses what is truncated or something else", async () => {
    const whole = compress[encoding](text);
    expect(await decompress(whole.subarray(0, whole.length - 6), encoding, 100_000)).toMatchObject({ ok: false, reason: "malformed" });
    expect(await decompress(Buffer.from("plain"), encoding, 100_000)).toMatchObject({ ok: false, reason: "malformed" });
  });

  it("takes large bodies off the event loop with the same answers", async () => {
    const noise = Buffer.alloc(1_000_000);
    for (let i = 0, x = 1; i < noise.length; i++) {
      x = (Math.imul(x, 1664525) + 1013904223) | 0;
      noise[i] = x >>> 24;
    }
    const whole = compress[encoding](noise);
    const running = decompress(whole, encoding, 2_000_000);
    expect(running).toBeInstanceOf(Promise);
    expect(await running).toEqual(noise);
    expect(await decompress(whole, encoding, 500_000)).toMatchObject({ ok: false, reason: "too_large" });
  });
});

describe("parseEncoding", () => {
  it("knows identity, gzip and zstd, and nothing else", () => {
    expect([undefined, "", "identity", "gzip", "zstd", "br", "gzip, zstd"].map(parseEncoding)).toEqual([
      "identity",
      "identity",
      "identity",
      "gzip",
      "zstd",
      undefined,
      undefined,
    ]);
  });
});
