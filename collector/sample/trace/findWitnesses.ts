import { readServiceName, readSpanIdentity } from "../../otlp/readIdentity.ts";
import { forEachAdded } from "./addedBits.ts";
import { NONE, type SpanStore } from "./spanStore.ts";
import type { TraceVersion } from "./traceVersion.ts";

const WITNESSES_MAX = 8;
const NAME_BYTES_MAX = 120;

export type StoredWitness = { bit: number; spanId: string; spanName: string; service: string };

/** Of the spans from a node on, those that were the first to fulfil what a tier asks for, as JSON; empty when there are none. */
export function findWitnesses(store: SpanStore, firstNode: number, version: TraceVersion, tier: number): string {
  if (!version.tierHasBits[tier]) return "";
  const { words } = version.compiled.matcher;
  const wanted = version.tierBits;
  const at = tier * words;
  const witnesses: StoredWitness[] = [];
  for (let node = firstNode; node !== NONE && witnesses.length < WITNESSES_MAX; node = store.next(node)) {
    const added = store.added(node);
    if (added === 0 || (words === 1 && (added & wanted[at]) === 0)) continue;
    const group = store.groupOf(node);
    const bytes = store.bufferOf(group);
    const { spanId, name } = readSpanIdentity(bytes, store.start(node), store.end(node), NAME_BYTES_MAX);
    const service = readServiceName(bytes, store.resourceAt(group), store.resourceEnd(group), NAME_BYTES_MAX);
    forEachAdded(added, words, wanted, at, (bit) => {
      if (witnesses.length < WITNESSES_MAX) witnesses.push({ bit, spanId, spanName: name, service });
    });
  }
  return witnesses.length === 0 ? "" : JSON.stringify(witnesses);
}
