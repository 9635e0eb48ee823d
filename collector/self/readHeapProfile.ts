import type { HeapProfiler } from "node:inspector";
import type { ProfileNode } from "./threadProfile.ts";

/** As the protocol has it; the types of Node leave these fields out. */
type Node = Omit<HeapProfiler.SamplingHeapProfileNode, "children"> & { id: number; children: Node[] };
export type SampledHeap = { head: Node; samples: { nodeId: number }[] };

/** A sampling heap profile of the inspector (HeapProfiler.SamplingHeapProfile) as a tree of costs in bytes, as V8 scales them up from its samples. */
export function readHeapProfile({ head, samples }: SampledHeap): ProfileNode[] {
  const counts = new Map<number, number>();
  for (const { nodeId } of samples) counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1);
  const read: ProfileNode[] = [];
  const open = head.children.map((node) => ({ node, parent: -1 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, parent } = next;
    const { functionName, url, lineNumber } = node.callFrame;
    const index = read.length;
    const own = node.selfSize === 0 ? [] : [{ line: lineNumber + 1, samples: counts.get(node.id) ?? 0, value: node.selfSize }];
    read.push({ parent, name: functionName, url, startLine: lineNumber + 1, own });
    for (const child of node.children) open.push({ node: child, parent: index });
  }
  return read;
}
