import type { Sink, Sinks } from "./destinations.ts";
import { framedSize } from "./otlp/frameSpans.ts";
import { narrowKept } from "./otlp/narrowKept.ts";
import type { CompiledPolicy } from "./sample/compilePolicy.ts";
import type { SpanSampler } from "./sample/spanSampler.ts";
import type { TierTotals } from "./self/ledger.ts";

const TIERS = 64;

/** What of one request goes to one destination. `select` makes the sampler frame that alone. */
type Part = { destination: Sink; spans: number; size: number; select(): void };
type Parted = { parts: Part[]; shed: { tier: string; spans: number }[] /** The sampler has all of its verdicts again. */; restore(): void };

let verdicts = new Uint8Array(4096);

/** Parts the kept spans of the request that was sampled last by destination; those of the last `shed` tiers go nowhere. Sizes are exact. */
export function partKept(
  bytes: Buffer,
  { result, table }: SpanSampler,
  { compiled, tiers }: { compiled: CompiledPolicy; tiers: readonly TierTotals[] },
  shed: number,
  destinations: Sinks,
): Parted {
  if (verdicts.length < table.spans) verdicts = new Uint8Array(table.spans * 2);
  verdicts.set(table.verdict.subarray(0, table.spans));
  const given = verdicts;
  const masks = new Map<number, Uint8Array>();
  const shedTiers: Parted["shed"] = [];
  const firstShed = tiers.length - shed;
  for (let tier = 0; tier < tiers.length; tier++) {
    if (result.tierKept[tier] === 0) continue;
    if (tier >= firstShed) {
      shedTiers.push({ tier: tiers[tier].name, spans: result.tierKept[tier] });
      continue;
    }
    const place = destinations.of(tiers[tier].id);
    let mask = masks.get(place);
    if (mask === undefined) {
      mask = new Uint8Array(TIERS);
      masks.set(place, mask);
    }
    mask[tier] = 1;
  }
  const parts = Array.from(masks, ([place, mask]): Part => {
    const select = () => narrowKept(bytes, table, compiled.matcher, given, mask);
    const spans = select();
    return { destination: destinations.list[place], spans, size: framedSize(table), select };
  });
  return { parts, shed: shedTiers, restore: () => table.verdict.set(given.subarray(0, table.spans)) };
}
