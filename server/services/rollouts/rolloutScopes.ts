import type { Transaction } from "../../db/database.ts";
import { readTargets, type Target } from "../../db/targets.ts";

type Scopes = ReadonlyMap<number, readonly string[]>;

/** The collectors that each live rollout is for, those that are overridden left out. */
export async function readScopes(tx: Transaction, nowMs: number): Promise<Map<number, string[]>> {
  return scopesOf(await readTargets(tx, nowMs));
}

/**
 * What one replica knows of the scopes of live rollouts, so that a look at which nothing has changed does not ask what every collector of the fleet is to run. Tell it with
 * `forget` of each change of a collector, group, revision or rollout. A change whose word has not come yet counts at the next look.
 */
export class RolloutScopes {
  #known: { scopes: Scopes; untilMs: number } | null = null;
  #changes = 0;
  readonly #readTargets: typeof readTargets;

  constructor(read = readTargets) {
    this.#readTargets = read;
  }

  forget(): void {
    this.#changes++;
    this.#known = null;
  }

  async read(tx: Transaction, number: number, nowMs: number): Promise<readonly string[]> {
    const known = this.#known;
    if (known && nowMs < known.untilMs && known.scopes.has(number)) return known.scopes.get(number) ?? [];
    const changes = this.#changes;
    const targets = await this.#readTargets(tx, nowMs);
    const scopes = scopesOf(targets);
    // What changed while it was read may be missing from it.
    if (changes === this.#changes)
      this.#known = { scopes, untilMs: Math.min(...Array.from(targets.values(), ({ override }) => override?.expiresAtMs ?? Infinity)) };
    return scopes.get(number) ?? [];
  }
}

function scopesOf(targets: ReadonlyMap<string, Target>): Map<number, string[]> {
  const scopes = new Map<number, string[]>();
  for (const { collectorId, rollout } of targets.values()) {
    if (rollout === null) continue;
    const scope = scopes.get(rollout.number);
    if (scope) scope.push(collectorId);
    else scopes.set(rollout.number, [collectorId]);
  }
  return scopes;
}
