import { expect, it } from "vitest";
import { isPrivateAddress } from "./isPrivateAddress.ts";

it.each([
  "127.0.0.1",
  "10.1.2.3",
  "172.31.0.1",
  "192.168.1.1",
  "169.254.169.254",
  "100.100.1.1",
  "0.0.0.0",
  "255.255.255.255",
  "::1",
  "::",
  "fd00::1",
  "fe80::1",
  "::ffff:127.0.0.1",
  "::ffff:10.0.0.1",
])("%s is private", (address) => expect(isPrivateAddress(address)).toBe(true));
it.each(["1.1.1.1", "172.32.0.1", "192.169.0.1", "2606:4700::1111", "::ffff:1.1.1.1"])("%s is not", (address) => expect(isPrivateAddress(address)).toBe(false));
