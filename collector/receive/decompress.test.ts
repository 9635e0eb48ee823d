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

describe("a zstd body of several frames", () => {
  const frames = (...texts: string[]) => Buffer.concat(texts.map((one) => zstdCompressSync(one)));
  const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

  it("is read whole, empty and skippable frames included", async () => {
    expect(String(await decompress(frames("head", "", "gate"), "zstd", 100))).toBe("headgate");
    expect(String(await decompress(Buffer.concat([skippable, frames("head"), skippable, frames("gate"), skippable]), "zstd", 100))).toBe("headgate");
    const noise = Buffer.from(Array.from({ length: 600_000 }, (_, index) => Math.imul(index, 2_654_435_761) >>> 24));
    const large = Buffer.concat([zstdCompressSync(noise), zstdCompressSync(noise)]);
    expect(await decompress(large, "zstd", 2_000_000)).toEqual(Buffer.concat([noise, noise]));
  });

  it("has one limit for all of them", async () => {
    expect(await decompress(frames("headgate", "head", "gate"), "zstd", 16)).toHaveLength(16);
    expect(await decompress(frames("headgate", "head", "gate!"), "zstd", 16)).toMatchObject({ ok: false, reason: "too_large" });
    expect(await decompress(frames("headgate", "headgate", "!"), "zstd", 16)).toMatchObject({ ok: false, reason: "too_large" });
    const bombs = Buffer.concat(Array.from({ length: 20 }, () => zstdCompressSync(Buffer.alloc(90_000))));
    expect(await decompress(bombs, "zstd", 1_000_000)).toMatchObject({ ok: false, reason: "too_large" });
  });

  it("is refused when there are so many that they cost more than they hold", async () => {
    expect(await decompress(frames(...Array.from({ length: 1001 }, () => "")), "zstd", 100)).toMatchObject({ ok: false, reason: "malformed" });
  });

  it("is refused when something else follows, or a frame is cut off", async () => {
    expect(await decompress(Buffer.concat([frames("head"), Buffer.from("gate")]), "zstd", 100)).toMatchObject({ ok: false, reason: "malformed" });
    const two = frames("head", "gate");
    expect(await decompress(two.subarray(0, two.length - 3), "zstd", 100)).toMatchObject({ ok: false, reason: "malformed" });
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
