import { NUMBER_OPS, TEXT_OPS } from "#domain/sampling/condition.ts";
import type { ConditionKind, DraftCondition } from "./draftPolicy.ts";

export type GroupKind = "all" | "any" | "not" | "sameSpan";
export type LeafKind = "endpoint" | "service" | "status" | "latency" | "attribute" | "spanKind" | "spanCount";

/** A leaf as it is first shown; lists begin with one empty value, which the form opens for typing. */
export function newLeaf(kind: LeafKind, id: number): DraftCondition {
  switch (kind) {
    case "endpoint":
      return { id, kind, match: "contains", values: [""] };
    case "service":
      return { id, kind, match: "exact", values: [""] };
    case "status":
      return { id, kind, is: "error" };
    case "latency":
      return { id, kind, aboveMs: "500" };
    case "attribute":
      return { id, kind, key: "", in: "span", op: "equals", valueType: "text", value: "" };
    case "spanKind":
      return { id, kind, is: "server" };
    case "spanCount":
      return { id, kind, atLeast: "100" };
  }
}

export function findCondition(root: DraftCondition, id: number): DraftCondition | undefined {
  if (root.id === id) return root;
  for (const child of childrenOf(root)) {
    const found = findCondition(child, id);
    if (found) return found;
  }
  return undefined;
}

export function childrenOf(condition: DraftCondition): DraftCondition[] {
  if (condition.kind === "all" || condition.kind === "any") return condition.of;
  return condition.kind === "not" || condition.kind === "sameSpan" ? [condition.of] : [];
}

/** True when the condition stands inside one that asks for the same span. */
export function isInSameSpan(root: DraftCondition, id: number): boolean {
  const parent = parentOf(root, id);
  return parent !== undefined && (parent.kind === "sameSpan" || isInSameSpan(root, parent.id));
}

/**
 * Replaces the condition `id` by what `edit` gives: none (removed), one, or several (spliced into the group around it).
 * A group that would be left with one child is replaced by that child, a `not` or `sameSpan` without one goes; `undefined` when nothing is left.
 */
export function editCondition(root: DraftCondition, id: number, edit: (condition: DraftCondition) => DraftCondition[]): DraftCondition | undefined {
  const [first, ...rest] = rebuild(root, id, edit);
  return rest.length === 0 ? first : { id: root.id, kind: "any", of: [first, ...rest] };
}

function rebuild(node: DraftCondition, id: number, edit: (condition: DraftCondition) => DraftCondition[]): DraftCondition[] {
  if (node.id === id) return edit(node);
  if (node.kind === "all" || node.kind === "any") {
    const of = node.of.flatMap((child) => rebuild(child, id, edit));
    if (of.length === node.of.length && of.every((child, index) => child === node.of[index])) return [node];
    if (of.length < node.of.length && of.length <= 1) return of;
    return [{ ...node, of }];
  }
  if (node.kind === "not" || node.kind === "sameSpan") {
    const [child] = rebuild(node.of, id, edit);
    if (child === node.of) return [node];
    return child === undefined ? [] : [{ ...node, of: child }];
  }
  return [node];
}

/** Removing takes a condition and what is in it. The root stays: a tier has a condition. */
export function removeCondition(root: DraftCondition, id: number): DraftCondition {
  return editCondition(root, id, () => []) ?? root;
}

export function wrapCondition(root: DraftCondition, id: number, kind: GroupKind, newId: number): DraftCondition {
  return editCondition(root, id, (node) => [kind === "not" || kind === "sameSpan" ? { id: newId, kind, of: node } : { id: newId, kind, of: [node] }]) ?? root;
}

/** True when taking the group away keeps everything inside it in the tree. */
export function canUnwrap(root: DraftCondition, id: number): boolean {
  const node = findCondition(root, id);
  if (!node || childrenOf(node).length === 0) return false;
  if (childrenOf(node).length === 1) return true;
  const parent = parentOf(root, id);
  return parent !== undefined && parent.kind !== "not" && parent.kind !== "sameSpan";
}

export function unwrapCondition(root: DraftCondition, id: number): DraftCondition {
  return canUnwrap(root, id) ? (editCondition(root, id, childrenOf) ?? root) : root;
}

export function parentOf(root: DraftCondition, id: number): DraftCondition | undefined {
  for (const child of childrenOf(root)) {
    if (child.id === id) return root;
    const found = parentOf(child, id);
    if (found) return found;
  }
  return undefined;
}

/** Adds `added` after the condition `id`, joined by `kind`: into it when it is such a group, beside it when such a group holds it, else both in a new one. */
export function addCondition(root: DraftCondition, id: number, kind: "all" | "any", added: DraftCondition, groupId: number): DraftCondition {
  const node = findCondition(root, id);
  if (!node) return root;
  if (node.kind === kind) return editCondition(root, id, () => [{ ...node, of: [...node.of, added] }]) ?? root;
  const beside = parentOf(root, id)?.kind === kind;
  return editCondition(root, id, (self) => (beside ? [self, added] : [{ id: groupId, kind, of: [self, added] }])) ?? root;
}

/** Another kind in the same place: groups keep their children, a leaf goes into the group, anything else starts anew. */
export function changeKind(root: DraftCondition, id: number, kind: ConditionKind, newId: number): DraftCondition {
  return (
    editCondition(root, id, (node) => {
      if (node.kind === kind) return [node];
      const children = childrenOf(node);
      const inside: DraftCondition[] = children.length > 0 ? children : [{ ...node, id: newId }];
      switch (kind) {
        case "always":
          return [{ id: node.id, kind }];
        case "all":
        case "any":
          return [{ id: node.id, kind, of: inside }];
        case "not":
        case "sameSpan":
          return [{ id: node.id, kind, of: inside.length === 1 ? inside[0] : { ...node, id: newId } }];
        default: {
          const leaf = newLeaf(kind, node.id);
          const texts = "values" in leaf && "values" in node;
          return [texts ? { ...leaf, match: node.match, values: node.values } : leaf];
        }
      }
    }) ?? root
  );
}

export type LeafPatch = {
  is?: string;
  aboveMs?: string;
  atLeast?: string;
  match?: string;
  values?: string[];
  key?: string;
  in?: string;
  op?: string;
  valueType?: string;
  value?: string;
};

/** Changes fields of a leaf. An attribute's value type follows its comparison: numbers for above, text for contains. */
export function patchLeaf(root: DraftCondition, id: number, patch: LeafPatch): DraftCondition {
  return editCondition(root, id, (node) => [settleAttribute({ ...node, ...patch } as DraftCondition)]) ?? root;
}

function settleAttribute(node: DraftCondition): DraftCondition {
  if (node.kind !== "attribute") return node;
  if (NUMBER_OPS.includes(node.op)) return { ...node, valueType: "number" };
  if (TEXT_OPS.includes(node.op)) return { ...node, valueType: "text" };
  if (node.valueType === "boolean" && node.value !== "true" && node.value !== "false") return { ...node, value: "true" };
  return node;
}
