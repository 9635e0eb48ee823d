import { describe, expect, it } from "vitest";
import { createSecretBox, hashToken } from "./secretBox.ts";

describe("secret box", () => {
  const box = createSecretBox("a secret of the test");
  it("opens what it has sealed, and seals the same text differently each time", () => {
    const [first, second] = [box.seal("Bearer 123"), box.seal("Bearer 123")];
    expect(first).not.toBe(second);
    expect([box.open(first), box.open(second)]).toEqual(["Bearer 123", "Bearer 123"]);
    expect(first).not.toContain("123");
  });
  it("refuses what was altered or sealed with another secret", () => {
    const sealed = box.seal("Bearer 123");
    const [version, iv, tag, body] = sealed.split(".");
    expect(() => box.open([version, iv, tag, Buffer.from("other body").toString("base64url") + body].join("."))).toThrow();
    expect(() => createSecretBox("another").open(sealed)).toThrow();
    expect(() => box.open("plain text")).toThrow("not a sealed text");
  });
  it("hashes tokens to SHA-256", () => {
    expect(hashToken("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
});
