import { HAS_STATE, type SpanTable } from "../../otlp/spanTable.ts";
import { ARRIVING, type Chunk, Chunks, MOVED } from "./chunks.ts";

/** Ints of one span in the node column, all in one or two cache lines. `next` is the next span of its trace, or of the free list. */
const NODE_INTS = 5;
const AT = 0;
/** Where it ends; as ~end when the span has a trace state. */
const END = 1;
const GROUP = 2;
const NEXT = 3;
/** The comparisons that this span was the first of its trace to fulfil, see addedBits.ts; reused for the class of its threshold while it is sent on. */
const ADDED = 4;

/** A group is what one ScopeSpans of one request left here: its chunk, the header bytes of resource and scope, how many of its spans still wait. */
const GROUP_INTS = 8;
const CHUNK = 0;
const RESOURCE_AT = 1;
const RESOURCE_END = 2;
const SCOPE_AT = 3;
const SCOPE_END = 4;
const LIVE = 5;
const HEAD = 6;
const TAIL = 7;

export const NONE = -1;
const LARGE_HEADER_BYTES = 65_536;

/**
 * The spans that wait, by number: where each lies in its chunk. Everything is allocated at once for `capacity` spans, which costs address space only:
 * memory is taken as it is touched.
 */
export class SpanStore {
  readonly chunks = new Chunks();
  readonly capacity: number;
  spans = 0;
  #nodes: Int32Array;
  #groups: Int32Array;
  #nodesUsed = 0;
  #freeNode = NONE;
  #groupsUsed = 0;
  #freeGroup = NONE;
  // The scope that is being taken in: of which request, and what was copied of it already.
  #scope = NONE;
  #group = NONE;
  #shift = 0;
  #resource = NONE;
  #resourceChunk = NONE;
  #resourceAt = 0;
  #resourceEnd = 0;

  constructor(capacity: number, from?: SpanStore) {
    this.capacity = capacity;
    this.#nodes = new Int32Array(capacity * NODE_INTS);
    this.#groups = new Int32Array(capacity * GROUP_INTS);
    if (from === undefined) return;
    // Everything that waits moves over; numbers stay what they are.
    this.chunks = from.chunks;
    this.spans = from.spans;
    this.#nodes.set(from.#nodes.subarray(0, from.#nodesUsed * NODE_INTS));
    this.#groups.set(from.#groups.subarray(0, from.#groupsUsed * GROUP_INTS));
    this.#nodesUsed = from.#nodesUsed;
    this.#freeNode = from.#freeNode;
    this.#groupsUsed = from.#groupsUsed;
    this.#freeGroup = from.#freeGroup;
  }

  /** Another request begins: nothing of it has been copied yet. */
  beginRequest(): void {
    this.#scope = NONE;
    this.#resource = NONE;
    this.#resourceChunk = NONE;
  }

  /** Copies what span `span` of the request needs (with it, its whole scope) and gives it a number. There has to be room. */
  add(bytes: Buffer, table: SpanTable, resource: number, scope: number, span: number, added: number): number {
    if (scope !== this.#scope) this.#beginScope(bytes, table, resource, scope);
    let node = this.#freeNode;
    const nodes = this.#nodes;
    if (node === NONE) node = this.#nodesUsed++;
    else this.#freeNode = nodes[node * NODE_INTS + NEXT];
    const at = node * NODE_INTS;
    const end = table.end[span] + this.#shift;
    nodes[at + AT] = table.start[span] + this.#shift;
    nodes[at + END] = (table.verdict[span] & HAS_STATE) === 0 ? end : ~end;
    nodes[at + GROUP] = this.#group;
    nodes[at + NEXT] = NONE;
    nodes[at + ADDED] = added;
    this.#groups[this.#group * GROUP_INTS + LIVE]++;
    this.spans++;
    return node;
  }

  next(node: number): number {
    return this.#nodes[node * NODE_INTS + NEXT];
  }

  setNext(node: number, next: number): void {
    this.#nodes[node * NODE_INTS + NEXT] = next;
  }

  added(node: number): number {
    return this.#nodes[node * NODE_INTS + ADDED];
  }

  setAdded(node: number, value: number): void {
    this.#nodes[node * NODE_INTS + ADDED] = value;
  }

  start(node: number): number {
    return this.#nodes[node * NODE_INTS + AT];
  }

  end(node: number): number {
    const end = this.#nodes[node * NODE_INTS + END];
    return end < 0 ? ~end : end;
  }

  hasState(node: number): boolean {
    return this.#nodes[node * NODE_INTS + END] < 0;
  }

  /** Bytes of the span with its tag and length, as it came in. */
  size(node: number): number {
    const at = node * NODE_INTS;
    const end = this.#nodes[at + END];
    return (end < 0 ? ~end : end) - this.#nodes[at + AT];
  }

  groupOf(node: number): number {
    return this.#nodes[node * NODE_INTS + GROUP];
  }

  bufferOf(group: number): Buffer {
    return this.chunks.at(this.#groups[group * GROUP_INTS + CHUNK]).buffer;
  }

  resourceAt(group: number): number {
    return this.#groups[group * GROUP_INTS + RESOURCE_AT];
  }

  resourceEnd(group: number): number {
    return this.#groups[group * GROUP_INTS + RESOURCE_END];
  }

  scopeAt(group: number): number {
    return this.#groups[group * GROUP_INTS + SCOPE_AT];
  }

  scopeEnd(group: number): number {
    return this.#groups[group * GROUP_INTS + SCOPE_END];
  }

  /** Puts a span into its group's list of those that are sent on now; true when it is the first. Its `next` must not be needed any more. */
  gather(node: number): boolean {
    const nodes = this.#nodes;
    const groups = this.#groups;
    const at = nodes[node * NODE_INTS + GROUP] * GROUP_INTS;
    const tail = groups[at + TAIL];
    nodes[node * NODE_INTS + NEXT] = NONE;
    groups[at + TAIL] = node;
    if (tail !== NONE) {
      nodes[tail * NODE_INTS + NEXT] = node;
      return false;
    }
    groups[at + HEAD] = node;
    return true;
  }

  hasGathered(group: number): boolean {
    return this.#groups[group * GROUP_INTS + HEAD] !== NONE;
  }

  firstGathered(group: number): number {
    return this.#groups[group * GROUP_INTS + HEAD];
  }

  /** The first span gathered of a group; it and those after it are to be removed before others are gathered. */
  takeGathered(group: number): number {
    const at = group * GROUP_INTS;
    const head = this.#groups[at + HEAD];
    this.#groups[at + HEAD] = NONE;
    this.#groups[at + TAIL] = NONE;
    return head;
  }

  /** Gives the span's number back, and with the last of its group what the group held. */
  remove(node: number): void {
    const nodes = this.#nodes;
    const at = node * NODE_INTS;
    const group = nodes[at + GROUP];
    nodes[at + NEXT] = this.#freeNode;
    this.#freeNode = node;
    this.spans--;
    this.#leaveGroup(group);
  }

  /** Moves a trace's spans, from its first on, to chunks of such as wait long, so that the chunks they came in can be given back. Numbers stay. */
  move(first: number): void {
    const nodes = this.#nodes;
    for (let node = first; node !== NONE; ) {
      // Spans that lie in one group go along in one group.
      const from = nodes[node * NODE_INTS + GROUP];
      let bytes = 0;
      let spans = 0;
      let last = node;
      for (let one = node; one !== NONE && nodes[one * NODE_INTS + GROUP] === from; one = nodes[one * NODE_INTS + NEXT]) {
        bytes += this.size(one);
        spans++;
        last = one;
      }
      const to = this.#copyGroup(from, bytes);
      const source = this.bufferOf(from);
      const chunk = this.chunks.at(this.#groups[to * GROUP_INTS + CHUNK]);
      const after = nodes[last * NODE_INTS + NEXT];
      for (let one = node; one !== after; one = nodes[one * NODE_INTS + NEXT]) {
        const at = one * NODE_INTS;
        const size = this.size(one);
        source.copy(chunk.buffer, chunk.used, nodes[at + AT], nodes[at + AT] + size);
        const end = chunk.used + size;
        nodes[at + END] = nodes[at + END] < 0 ? ~end : end;
        nodes[at + AT] = chunk.used;
        nodes[at + GROUP] = to;
        chunk.used = end;
        this.#groups[to * GROUP_INTS + LIVE]++;
        this.#leaveGroup(from);
      }
      this.chunks.put(chunk, spans);
      node = after;
    }
  }

  /** A new group with the headers of another, in a chunk that has room for so many bytes of spans besides. */
  #copyGroup(group: number, spanBytes: number): number {
    const source = this.bufferOf(group);
    const resourceBytes = this.resourceEnd(group) - this.resourceAt(group);
    const scopeBytes = this.scopeEnd(group) - this.scopeAt(group);
    const chunk = this.chunks.withRoom(resourceBytes + scopeBytes + spanBytes, MOVED);
    const resourceAt = chunk.used;
    const scopeAt = resourceAt + source.copy(chunk.buffer, resourceAt, this.resourceAt(group), this.resourceEnd(group));
    chunk.used = scopeAt + source.copy(chunk.buffer, scopeAt, this.scopeAt(group), this.scopeEnd(group));
    return this.#newGroup(chunk, resourceAt, scopeAt, scopeAt, chunk.used);
  }

  #leaveGroup(group: number): void {
    const groupAt = group * GROUP_INTS;
    const groups = this.#groups;
    if (--groups[groupAt + LIVE] > 0) return;
    this.chunks.leave(this.chunks.at(groups[groupAt + CHUNK]));
    // A free group's head is the next free one.
    groups[groupAt + HEAD] = this.#freeGroup;
    this.#freeGroup = group;
  }

  #beginScope(bytes: Buffer, table: SpanTable, resource: number, scope: number): void {
    const chunk = this.chunks.withRoom(roomFor(table, resource, scope, resource !== this.#resource), ARRIVING);
    const { buffer } = chunk;
    if (resource !== this.#resource || chunk.index !== this.#resourceChunk) {
      this.#resource = resource;
      this.#resourceChunk = chunk.index;
      this.#resourceAt = chunk.used;
      chunk.used = this.#resourceEnd = copyResourceHeader(bytes, table, resource, buffer, chunk.used);
    }
    const scopeAt = chunk.used;
    const scopeEnd = copyScopeHeader(bytes, table, scope, buffer, scopeAt);
    // Spans nearly always stand in one piece, header fields before or after them; where they don't, what lies between is copied along.
    const first = table.start[table.scopeSpan[scope]];
    const last = table.end[table.scopeSpan[scope + 1] - 1];
    chunk.used = scopeEnd + bytes.copy(buffer, scopeEnd, first, last);
    this.chunks.put(chunk, table.scopeSpan[scope + 1] - table.scopeSpan[scope]);
    this.#shift = scopeEnd - first;
    this.#scope = scope;
    this.#group = this.#newGroup(chunk, this.#resourceAt, this.#resourceEnd, scopeAt, scopeEnd);
  }

  #newGroup(chunk: Chunk, resourceAt: number, resourceEnd: number, scopeAt: number, scopeEnd: number): number {
    chunk.groups++;
    const groups = this.#groups;
    let group = this.#freeGroup;
    if (group === NONE) group = this.#groupsUsed++;
    else this.#freeGroup = groups[group * GROUP_INTS + HEAD];
    const at = group * GROUP_INTS;
    groups[at + CHUNK] = chunk.index;
    groups[at + RESOURCE_AT] = resourceAt;
    groups[at + RESOURCE_END] = resourceEnd;
    groups[at + SCOPE_AT] = scopeAt;
    groups[at + SCOPE_END] = scopeEnd;
    groups[at + LIVE] = 0;
    groups[at + HEAD] = NONE;
    groups[at + TAIL] = NONE;
    return group;
  }
}

/**
 * Bytes that a scope takes: what stands around its spans, the resource's too, and the stretch from its first span to its last. A resource that has much
 * around its scopes gets room for all of them at once, so that this is copied once and not into every chunk.
 */
function roomFor(table: SpanTable, resource: number, scope: number, isFirst: boolean): number {
  let resourceHeader = table.resourceEnd[resource] - table.resourceBody[resource];
  for (let other = table.resourceScope[resource]; other < table.resourceScope[resource + 1]; other++) {
    resourceHeader -= table.scopeEnd[other] - table.scopeStart[other];
  }
  if (isFirst && resourceHeader > LARGE_HEADER_BYTES) return 2 * (table.resourceEnd[resource] - table.resourceBody[resource]);
  const { start, end, scopeSpan } = table;
  let scopeHeader = table.scopeEnd[scope] - table.scopeBody[scope];
  for (let span = scopeSpan[scope]; span < scopeSpan[scope + 1]; span++) scopeHeader -= end[span] - start[span];
  return resourceHeader + scopeHeader + end[scopeSpan[scope + 1] - 1] - start[scopeSpan[scope]];
}

/** Everything of a ResourceSpans but its scopes, one after the other; returns where it ends. */
function copyResourceHeader(bytes: Buffer, table: SpanTable, resource: number, out: Buffer, at: number): number {
  let pos = at;
  let from = table.resourceBody[resource];
  for (let scope = table.resourceScope[resource]; scope < table.resourceScope[resource + 1]; scope++) {
    pos += bytes.copy(out, pos, from, table.scopeStart[scope]);
    from = table.scopeEnd[scope];
  }
  return pos + bytes.copy(out, pos, from, table.resourceEnd[resource]);
}

/** Everything of a ScopeSpans but its spans. */
function copyScopeHeader(bytes: Buffer, table: SpanTable, scope: number, out: Buffer, at: number): number {
  let pos = at;
  let from = table.scopeBody[scope];
  for (let span = table.scopeSpan[scope]; span < table.scopeSpan[scope + 1]; span++) {
    if (table.start[span] > from) pos += bytes.copy(out, pos, from, table.start[span]);
    from = table.end[span];
  }
  return table.scopeEnd[scope] > from ? pos + bytes.copy(out, pos, from, table.scopeEnd[scope]) : pos;
}
