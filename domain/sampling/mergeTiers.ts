import { canonicalJson } from "../fleet/configHash.ts";
import type { MergeSide, Pick } from "../merge/mergeValue.ts";
import { describeCondition } from "./describeCondition.ts";
import { describeKeep } from "./describeKeep.ts";
import { TIER_NAME_MAX, type Tier } from "./samplingPolicy.ts";

/** One tier as the three policies have it; absent where a policy has none. The default tier is always there. */
type Thread = { base?: Tier; theirs?: Tier; mine?: Tier };

/** `[base, theirs, mine]`. Every list ends with its default tier, and so does the result. */
export function mergeTiers([base, theirs, mine]: readonly [Tier[], Tier[], Tier[]], pick: Pick): Tier[] {
  const threads: Thread[] = base.map((tier) => ({ base: tier }));
  followSide(threads, base, theirs, "theirs");
  followSide(threads, base, mine, "mine");
  const merged = new Map<Thread, Tier>();
  for (const thread of threads) {
    const tier = mergeThread(thread, pick);
    if (tier !== undefined) merged.set(thread, tier);
  }
  const order = mergeOrder(threads, [base, theirs, mine], pick);
  return withOwnNames(order.flatMap((thread) => merged.get(thread) ?? []));
}

/** Adds one side's tiers to their threads: the default to the default, then by name, then by condition; what is left is new. */
function followSide(threads: Thread[], base: readonly Tier[], tiers: readonly Tier[], side: MergeSide): void {
  const free = new Set(threads.slice(0, base.length - 1));
  const left = new Set(tiers.slice(0, -1));
  threads[base.length - 1][side] = tiers[tiers.length - 1];
  const follow = (keyOf: (tier: Tier) => string) => {
    const byKey = new Map<string, Thread>();
    for (const thread of free) if (thread.base && !byKey.has(keyOf(thread.base))) byKey.set(keyOf(thread.base), thread);
    for (const tier of left) {
      const thread = byKey.get(keyOf(tier));
      if (thread === undefined || !free.delete(thread)) continue;
      thread[side] = tier;
      left.delete(tier);
    }
  };
  follow((tier) => tier.name);
  follow((tier) => canonicalJson(tier.condition));
  // Both may have added the very same tier.
  for (const tier of left) {
    const twin = threads.find((thread) => thread.base === undefined && thread[side] === undefined && thread.theirs?.name === tier.name);
    if (twin) twin[side] = tier;
    else threads.push({ [side]: tier });
  }
}

function mergeThread({ base, theirs, mine }: Thread, pick: Pick): Tier | undefined {
  const name = (base ?? mine ?? theirs)?.name ?? "";
  const whole = { id: `tier ${name}`, subject: `tier “${name}”`, base: inWords(base), theirs: inWords(theirs), mine: inWords(mine) };
  // Where one is missing it is about the tier as a whole: added by one, or removed by one and perhaps changed by the other.
  if (base === undefined && (theirs === undefined || mine === undefined)) return theirs ?? mine;
  if (theirs === undefined || mine === undefined) return pick<Tier | undefined>(whole, base, theirs, mine);
  const field = <T>(part: string, read: (tier: Tier) => T, say: (value: T) => string): T => {
    const [ofBase, ofTheirs, ofMine] = [base && read(base), read(theirs), read(mine)];
    const words = { base: ofBase === undefined ? "not there" : say(ofBase), theirs: say(ofTheirs), mine: say(ofMine) };
    return pick({ id: `tier ${name} ${part}`, subject: `tier “${name}”, ${part}`, ...words }, ofBase, ofTheirs, ofMine) as T;
  };
  return {
    name: field("name", (tier) => tier.name, String),
    condition: field("condition", (tier) => tier.condition, describeCondition),
    keep: field(
      "keep",
      (tier) => tier.keep,
      (keep) => `keep ${describeKeep(keep)}`,
    ),
  };
}

const inWords = (tier: Tier | undefined) =>
  tier === undefined ? "not there" : `“${tier.name}”: ${describeCondition(tier.condition)}, keep ${describeKeep(tier.keep)}`;

/** The order of the side that moved tiers, and in it the other side's new ones, each after the tier it stood behind there. */
function mergeOrder(threads: readonly Thread[], [base, theirs, mine]: readonly [Tier[], Tier[], Tier[]], pick: Pick): Thread[] {
  const orderIn = (tiers: readonly Tier[], side: keyof Thread) => tiers.flatMap((tier) => threads.find((thread) => thread[side] === tier) ?? []);
  const shared = new Set(threads.filter((thread) => thread.base && thread.theirs && thread.mine));
  const numbers = (order: readonly Thread[]) => order.filter((thread) => shared.has(thread)).map((thread) => threads.indexOf(thread));
  const [baseOrder, theirOrder, myOrder] = [orderIn(base, "base"), orderIn(theirs, "theirs"), orderIn(mine, "mine")];
  const say = (order: readonly number[]) => order.map((index) => threads[index].base?.name).join(", ");
  const [ofBase, ofTheirs, ofMine] = [numbers(baseOrder), numbers(theirOrder), numbers(myOrder)];
  const taken = pick({ id: "order", subject: "order of the tiers", base: say(ofBase), theirs: say(ofTheirs), mine: say(ofMine) }, ofBase, ofTheirs, ofMine);
  const frame = canonicalJson(taken) === canonicalJson(ofTheirs) ? theirOrder : myOrder;
  const other = frame === theirOrder ? myOrder : theirOrder;
  const order = [...frame];
  for (const [index, thread] of other.entries()) {
    if (order.includes(thread)) continue;
    const behind = other.slice(0, index).findLast((earlier) => order.includes(earlier));
    order.splice(behind === undefined ? 0 : order.indexOf(behind) + 1, 0, thread);
  }
  // The default tier is the last thread of the base.
  const byDefault = threads[base.length - 1];
  return [...order.filter((thread) => thread !== byDefault), byDefault];
}

/** Two tiers may have come to one name, by a rename on one side: the later one is told apart by a number. */
function withOwnNames(tiers: readonly Tier[]): Tier[] {
  const all = new Set(tiers.map(({ name }) => name));
  const seen = new Set<string>();
  return tiers.map((tier) => {
    let { name } = tier;
    for (let number = 2; seen.has(name); number++) {
      const wanted = `${tier.name.slice(0, TIER_NAME_MAX - 4)} ${number}`;
      if (!all.has(wanted)) name = wanted;
    }
    seen.add(name);
    return name === tier.name ? tier : { ...tier, name };
  });
}
