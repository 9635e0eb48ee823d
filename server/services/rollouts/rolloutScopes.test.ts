import { beforeEach, describe, expect, it } from "vitest";
import type { Transaction } from "../../db/database.ts";
import type { Target } from "../../db/targets.ts";
import { RolloutScopes } from "./rolloutScopes.ts";

const TX = {} as Transaction;

describe("who live rollouts are for", () => {
  let rolloutOf: Record<string, number>;
  let overriddenUntilMs: number | null;
  let reads: number;
  let meanwhile: () => void;
  let scopes: RolloutScopes;
  beforeEach(() => {
    rolloutOf = { a: 1, b: 1, c: 2 };
    overriddenUntilMs = null;
    reads = 0;
    meanwhile = () => {};
    scopes = new RolloutScopes(async () => {
      reads++;
      const targets = Object.entries(rolloutOf).map(([collectorId, number]): [string, Target] => [
        collectorId,
        { collectorId, rollout: { number, stage: null }, override: null } as unknown as Target,
      ]);
      if (overriddenUntilMs !== null)
        targets.push(["o", { collectorId: "o", rollout: null, override: { expiresAtMs: overriddenUntilMs } } as unknown as Target]);
      meanwhile();
      return new Map(targets);
    });
  });

  it("are read once for all of them as long as nothing changes", async () => {
    for (let look = 0; look < 10; look++)
      for (const [number, ids] of [[1, ["a", "b"]] as const, [2, ["c"]] as const]) expect(await scopes.read(TX, number, look)).toEqual(ids);
    expect(reads).toBe(1);
  });

  it("are read again after a change, of a rollout that is not known yet, and once the time of an override is over", async () => {
    await scopes.read(TX, 1, 0);
    rolloutOf = { a: 1, d: 3 };
    scopes.forget();
    expect(await scopes.read(TX, 1, 0)).toEqual(["a"]);
    rolloutOf.e = 4;
    expect(await scopes.read(TX, 4, 0)).toEqual(["e"]);
    overriddenUntilMs = 1_000;
    scopes.forget();
    for (const nowMs of [0, 999]) await scopes.read(TX, 1, nowMs);
    expect(reads).toBe(4);
    await scopes.read(TX, 1, 1_000);
    expect(reads).toBe(5);
  });

  it("are not kept when something changed while they were read", async () => {
    meanwhile = () => scopes.forget();
    await scopes.read(TX, 1, 0);
    meanwhile = () => {};
    rolloutOf = { a: 1 };
    expect(await scopes.read(TX, 1, 0)).toEqual(["a"]);
    expect(reads).toBe(2);
  });
});
