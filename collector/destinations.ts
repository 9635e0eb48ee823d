import type { Destination } from "./destination.ts";
import type { Outlets } from "./sample/trace/outlet.ts";

/** Where the spans of each tier go; the first destination takes what no route names. */
export class Destinations implements Outlets {
  list: readonly Destination[] = [];
  /** Of a route's tiers, the place of its destination in `list`. */
  #placeOf: ReadonlyMap<string, number> = new Map();
  readonly #tierName: (id: number) => string;
  /** By the ledger's number of a tier, filled as they are asked for. */
  #places: number[] = [];

  constructor(tierName: (id: number) => string) {
    this.#tierName = tierName;
  }

  /** `tiersOf[i]` are the tiers that go to `list[i]` by name. */
  use(list: readonly Destination[], tiersOf: readonly (readonly string[])[]): void {
    this.list = list;
    this.#placeOf = new Map(tiersOf.flatMap((tiers, place) => tiers.map((tier) => [tier, place])));
    this.#places = [];
  }

  of(tierId: number): number {
    const known = this.#places[tierId];
    if (known !== undefined) return known;
    const place = this.#placeOf.get(this.#tierName(tierId)) ?? 0;
    this.#places[tierId] = place;
    return place;
  }

  /** Of the fullest one; 1: it takes no more. */
  get fill(): number {
    let fill = 0;
    for (const destination of this.list) fill = Math.max(fill, destination.fill);
    return fill;
  }

  /** Kept bytes that are not delivered. */
  get heldBytes(): number {
    let bytes = 0;
    for (const destination of this.list) bytes += destination.heldBytes;
    return bytes;
  }
}
