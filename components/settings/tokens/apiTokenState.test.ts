import { expect, it } from "vitest";
import { apiTokenState } from "./apiTokenState.ts";

const DAY_MS = 86_400_000;

it.each([
  [{ expiresAtMs: 30 * DAY_MS, revokedAtMs: null }, "valid", false],
  [{ expiresAtMs: 7 * DAY_MS - 1, revokedAtMs: null }, "expires soon", false],
  [{ expiresAtMs: 0, revokedAtMs: null }, "expired", true],
  [{ expiresAtMs: 30 * DAY_MS, revokedAtMs: 1 }, "revoked", true],
  [{ expiresAtMs: 0, revokedAtMs: 1 }, "revoked", true],
])("%o is %s", (times, word, ended) => expect(apiTokenState(times, 0)).toMatchObject({ word, ended }));
