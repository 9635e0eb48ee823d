import { describe, expect, it } from "vitest";
import { SignInLimiter } from "./signInLimiter.ts";

const limits = { perIp: 5, perAccount: 3, windowMs: 1_000, keysMax: 10, overflowPerWindow: 4 };

describe("sign-in limiter", () => {
  it("refuses an account after its tries and says how long to wait, whatever the address", () => {
    const limiter = new SignInLimiter(() => 0, limits);
    for (let ip = 0; ip < 3; ip++) expect(limiter.admit(`10.0.0.${ip}`, "A@x.test")).toBeNull();
    expect(limiter.admit("10.0.0.9", "a@X.test")).toBe(1);
    expect(limiter.refused).toBe(1);
  });

  it("refuses an address after its tries, whatever the account", () => {
    const limiter = new SignInLimiter(() => 0, limits);
    for (let account = 0; account < 5; account++) expect(limiter.admit("10.0.0.1", `${account}@x.test`)).toBeNull();
    expect(limiter.admit("10.0.0.1", "other@x.test")).not.toBeNull();
    expect(limiter.admit("10.0.0.2", "other@x.test")).toBeNull();
  });

  it("admits again when the window has passed", () => {
    let now = 0;
    const limiter = new SignInLimiter(() => now, limits);
    for (let i = 0; i < 4; i++) limiter.admit("10.0.0.1", "a@x.test");
    expect(limiter.admit("10.0.0.1", "a@x.test")).not.toBeNull();
    now = 1_000;
    expect(limiter.admit("10.0.0.1", "a@x.test")).toBeNull();
  });

  it("forgets an account's failures once it has signed in", () => {
    const limiter = new SignInLimiter(() => 0, limits);
    for (let i = 0; i < 3; i++) limiter.admit(`10.0.0.${i}`, "a@x.test");
    limiter.succeeded("10.0.0.2", "a@x.test");
    expect(limiter.admit("10.0.0.8", "a@x.test")).toBeNull();
  });

  it("does not count successes against an address that many people share", () => {
    const limiter = new SignInLimiter(() => 0, limits);
    for (let i = 0; i < 50; i++) {
      expect(limiter.admit("10.0.0.1", `${i}@x.test`)).toBeNull();
      limiter.succeeded("10.0.0.1", `${i}@x.test`);
    }
  });

  it("stays within its bound when overfilled, and limits the overflow too", () => {
    const limiter = new SignInLimiter(() => 0, limits);
    let admitted = 0;
    for (let i = 0; i < 1_000; i++) if (limiter.admit(`10.0.${i}`, `${i}@x.test`) === null) admitted++;
    expect(limiter.size).toBeLessThanOrEqual(10);
    expect(admitted).toBeLessThan(12);
    expect(limiter.refused).toBe(1_000 - admitted);
  });

  it("counts failures alone where it is asked to, and stays within its bound then too", () => {
    let now = 0;
    const limiter = new SignInLimiter(() => now, limits);
    for (let i = 0; i < 5; i++) {
      expect(limiter.waitSeconds("10.0.0.1")).toBeNull();
      limiter.failed("10.0.0.1");
    }
    expect(limiter.waitSeconds("10.0.0.1")).toBe(1);
    expect(limiter.waitSeconds("10.0.0.2")).toBeNull();
    for (let i = 0; i < 1_000; i++) limiter.failed(`10.1.${i}`);
    expect(limiter.size).toBeLessThanOrEqual(limits.keysMax);
    expect(limiter.waitSeconds("10.2.0.1")).toBe(1);
    now = 1_000;
    expect(limiter.waitSeconds("10.0.0.1")).toBeNull();
    expect(limiter.waitSeconds("10.2.0.1")).toBeNull();
  });
});
