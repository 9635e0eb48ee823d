import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { Profile, StringTable } from "pprof-format";
import type { ProfileKind } from "#domain/fleet/profileRequest.ts";
import { CPU_INTERVAL_US, HEAP_INTERVAL_BYTES } from "./recordThread.ts";
import type { ProfileNode, ThreadProfile } from "./threadProfile.ts";

const MAPPING = 1;
const PROJECT = path.join(import.meta.dirname, "..", "..");
const TYPES = { cpu: { type: "cpu", unit: "nanoseconds" }, heap: { type: "space", unit: "bytes" } } as const;
const PERIOD = { cpu: CPU_INTERVAL_US * 1000, heap: HEAP_INTERVAL_BYTES } as const;

/**
 * Threads as one gzipped pprof profile (github.com/google/pprof, proto/profile.proto): samples/count beside cpu/nanoseconds or space/bytes, and a label
 * `thread` on every sample.
 */
export async function writePprof(kind: ProfileKind, threads: readonly ThreadProfile[]): Promise<Buffer> {
  const strings = new StringTable();
  const text = (value: string) => strings.dedup(value);
  const places = new Places(text);
  const sample = threads.flatMap(({ thread, nodes }) => {
    const label = [{ key: text("thread"), str: text(thread) }];
    return nodes.flatMap((node) => {
      if (node.own.length === 0) return [];
      const callers = callersOf(node, nodes).map((caller) => places.location(caller, caller.startLine));
      return node.own.map(({ line, samples, value }) => ({ locationId: [places.location(node, line), ...callers], value: [samples, value], label }));
    });
  });
  const measured = { type: text(TYPES[kind].type), unit: text(TYPES[kind].unit) };
  const profile = new Profile({
    sampleType: [{ type: text("samples"), unit: text("count") }, measured],
    sample,
    // Names what was profiled, and says that there is nothing to look up in a binary.
    mapping: [{ id: MAPPING, filename: text("headgate-collector"), hasFunctions: true, hasFilenames: true, hasLineNumbers: true }],
    location: places.locations,
    function: places.functions,
    stringTable: strings,
    timeNanos: BigInt(Math.round(Math.min(...threads.map(({ startMs }) => startMs)))) * 1_000_000n,
    durationNanos: Math.round(Math.max(...threads.map(({ durationMs }) => durationMs)) * 1e6),
    periodType: measured,
    period: PERIOD[kind],
    defaultSampleType: measured.type,
  });
  return promisify(gzip)(await profile.encodeAsync());
}

/** From the nearest to the outermost. */
function callersOf(node: ProfileNode, nodes: readonly ProfileNode[]): ProfileNode[] {
  const callers: ProfileNode[] = [];
  for (let at = node.parent; at >= 0; at = nodes[at].parent) callers.push(nodes[at]);
  return callers;
}

/** Functions and lines, each once. */
class Places {
  readonly functions: { id: number; name: number; systemName: number; filename: number; startLine: number }[] = [];
  readonly locations: { id: number; mappingId: number; line: { functionId: number; line: number }[] }[] = [];
  readonly #text: (value: string) => number;
  readonly #functionIds = new Map<string, number>();
  readonly #locationIds = new Map<string, number>();

  constructor(text: (value: string) => number) {
    this.#text = text;
  }

  location(node: ProfileNode, line: number): number {
    const functionId = this.#function(node);
    const key = `${functionId} ${line}`;
    const known = this.#locationIds.get(key);
    if (known !== undefined) return known;
    const id = this.locations.length + 1;
    this.locations.push({ id, mappingId: MAPPING, line: [{ functionId, line }] });
    this.#locationIds.set(key, id);
    return id;
  }

  #function({ name, url, startLine }: ProfileNode): number {
    const key = `${startLine} ${name} ${url}`;
    const known = this.#functionIds.get(key);
    if (known !== undefined) return known;
    const id = this.functions.length + 1;
    const shown = this.#text(name || "(anonymous)");
    this.functions.push({ id, name: shown, systemName: shown, filename: this.#text(fileOf(url)), startLine });
    this.#functionIds.set(key, id);
    return id;
  }
}

/** Of our own files the path inside the project: it reads better, and says nothing of the machine. */
function fileOf(url: string): string {
  if (!url.startsWith("file:")) return url;
  const file = fileURLToPath(url);
  const inside = path.relative(PROJECT, file);
  return inside.startsWith("..") ? file : inside;
}
