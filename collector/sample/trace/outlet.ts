/** Where kept spans go: the open batch, and behind it the queue that bounds them. */
export type Outlet = {
  /** Where `reserve` says to write. */
  readonly buffer: Buffer;
  hasRoom(spans: number, bytes: number): boolean;
  /** Nothing is queued at all: then even what is larger than the queue may pass, or it would wait for ever. */
  isEmpty(): boolean;
  /** Spans that still fit the open batch. */
  spansLeft(): number;
  reserve(spans: number, bytesMax: number): number;
  /** Returns the number of the batch that the spans went into. */
  commit(from: number, end: number, spans: number): number;
};

/** Every outlet, and which one a tier's spans go to (tiers by the ledger's numbers). Both can change between two requests: then `rerouted` has to be called. */
export type Outlets = { readonly list: readonly Outlet[]; of(tier: number): number };
export const OUTLETS_MAX = 16;

/** What the ledger is told, each call as it happens. Tiers go by the ledger's numbers. */
export type TraceBooks = {
  sampledOut(tier: number, spans: number, bytes: number): void;
  sent(tier: number, spans: number, bytes: number): void;
  /** Kept, but lost on purpose because memory runs out. */
  shed(tier: number, spans: number, bytes: number): void;
  /** First span accepted until the decision, in seconds. */
  waited(seconds: number): void;
  serialized(seconds: number): void;
  tierName(tier: number): string;
  /** Kept because of the break glass with this id: the policy would have sampled it out. */
  keptAll(id: string, spans: number, bytes: number): void;
};
