import type { Destination } from "./destination.ts";
import type { Outlet } from "./sample/trace/outlet.ts";

/** What the intake asks of a destination. */
export type Sink = Outlet & Pick<Destination, "whyNoRoom" | "noRoomMessage" | "largestRequest" | "safe" | "refusesWhenBroken" | "seal">;
/** Every one, and which one a tier's spans go to (tiers by the ledger's numbers). */
export type Sinks = { readonly list: readonly Sink[]; of(tier: number): number };

/** Where the spans of each tier go; the first destination takes what no route names. */
export class Destinations implements Sinks {
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
