import { describe, expect, it } from "vitest";
import { openWithoutTls } from "./openWithoutTls.ts";

const loopback = { HEADGATE_HTTP_HOST: "127.0.0.1", HEADGATE_FLEET_HOST: "::1", HEADGATE_PUBLIC_URL: undefined };

describe("listening without TLS", () => {
  it("is nothing to speak of on loopback", () => {
    expect(openWithoutTls(loopback)).toEqual([]);
    expect(openWithoutTls({ ...loopback, HEADGATE_HTTP_HOST: "localhost", HEADGATE_FLEET_HOST: "127.0.0.2" })).toEqual([]);
  });

  it("names each listener that other machines can reach", () => {
    const open = openWithoutTls({ ...loopback, HEADGATE_HTTP_HOST: "0.0.0.0", HEADGATE_FLEET_HOST: "10.0.0.5" });
    expect(open).toHaveLength(2);
    expect(open[0]).toContain("0.0.0.0");
    expect(open[1]).toContain("10.0.0.5");
  });

  it("takes an https public address as a proxy with TLS in front of the pages, not of the fleet channel", () => {
    const open = openWithoutTls({ HEADGATE_HTTP_HOST: "0.0.0.0", HEADGATE_FLEET_HOST: "0.0.0.0", HEADGATE_PUBLIC_URL: "https://headgate.example.com" });
    expect(open).toEqual([expect.stringContaining("fleet channel")]);
  });
});
