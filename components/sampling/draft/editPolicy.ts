import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { type ConditionKind, type DraftCondition, type DraftPolicy, type DraftTier, draftFromPolicy, type KeepKind } from "./draftPolicy.ts";
import {
  addCondition,
  changeKind,
  type GroupKind,
  type LeafKind,
  type LeafPatch,
  newLeaf,
  patchLeaf,
  removeCondition,
  unwrapCondition,
  wrapCondition,
} from "./editCondition.ts";
import type { DraftTraceSettings } from "./traceDraft.ts";

export type ConditionEdit =
  | { kind: "patch"; patch: LeafPatch }
  | { kind: "change"; to: ConditionKind }
  | { kind: "add"; leaf: LeafKind; joinedBy: "all" | "any" }
  | { kind: "wrap"; in: GroupKind }
  | { kind: "unwrap" }
  | { kind: "remove" };

export type PolicyEdit =
  | { kind: "rename"; tierId: number; name: string }
  | { kind: "scope"; to: DraftPolicy["scope"] }
  | { kind: "traceSettings"; patch: Partial<DraftTraceSettings> }
  | { kind: "keep"; tierId: number; percent: string }
  | { kind: "keepPerS"; tierId: number; perS: string }
  | { kind: "keepKind"; tierId: number; to: KeepKind }
  | { kind: "condition"; tierId: number; conditionId: number; edit: ConditionEdit }
  | { kind: "replace"; policy: SamplingPolicy }
  | { kind: "addTier" }
  | { kind: "duplicateTier"; tierId: number }
  | { kind: "removeTier"; tierId: number }
  | { kind: "moveTier"; tierId: number; to: number };

/** Stands in the field when a tier is first given a budget. */
const BUDGET_FIRST = "100";

/** One edit. The default tier stays last, and there is always one; an edit that would break that changes nothing. */
export function editPolicy(draft: DraftPolicy, edit: PolicyEdit): DraftPolicy {
  switch (edit.kind) {
    case "rename":
      return withTier(draft, edit.tierId, (tier) => ({ ...tier, name: edit.name }));
    case "scope":
      return draft.scope === edit.to ? draft : { ...draft, scope: edit.to };
    case "traceSettings":
      return { ...draft, trace: { ...draft.trace, ...edit.patch } };
    case "keep":
      return withTier(draft, edit.tierId, (tier) => ({ ...tier, keepPercent: edit.percent }));
    case "keepPerS":
      return withTier(draft, edit.tierId, (tier) => ({ ...tier, keepPerS: edit.perS }));
    case "keepKind":
      return withTier(draft, edit.tierId, (tier) => ({ ...tier, keep: edit.to, keepPerS: tier.keepPerS === "" ? BUDGET_FIRST : tier.keepPerS }));
    case "condition": {
      const isDefault = draft.tiers.at(-1)?.id === edit.tierId;
      if (isDefault) return draft;
      const edited = withTier(draft, edit.tierId, (tier) => ({
        ...tier,
        condition: applyConditionEdit(tier.condition, edit.conditionId, edit.edit, draft.nextId),
      }));
      return edited === draft ? draft : { ...edited, nextId: draft.nextId + 2 };
    }
    case "replace": {
      const replaced = draftFromPolicy(edit.policy);
      // What was entered for whole traces stays while single spans are decided.
      return edit.policy.scope === "span" ? { ...replaced, trace: draft.trace } : replaced;
    }
    case "addTier": {
      const tier: DraftTier = {
        id: draft.nextId,
        name: freeName(draft, "new tier"),
        condition: newLeaf("endpoint", draft.nextId + 1),
        keep: "ratio",
        keepPercent: "100",
        keepPerS: "",
      };
      return { ...draft, tiers: insert(draft.tiers, draft.tiers.length - 1, tier), nextId: draft.nextId + 2 };
    }
    case "duplicateTier": {
      const index = draft.tiers.findIndex((tier) => tier.id === edit.tierId);
      if (index < 0 || index === draft.tiers.length - 1) return draft;
      const original = draft.tiers[index];
      let nextId = draft.nextId;
      const copy = { ...original, id: nextId++, name: freeName(draft, original.name), condition: renumber(original.condition, () => nextId++) };
      return { ...draft, tiers: insert(draft.tiers, index + 1, copy), nextId };
    }
    case "removeTier": {
      if (draft.tiers.at(-1)?.id === edit.tierId) return draft;
      const tiers = draft.tiers.filter((tier) => tier.id !== edit.tierId);
      return tiers.length === draft.tiers.length ? draft : { ...draft, tiers };
    }
    case "moveTier":
      return moveTier(draft, edit.tierId, edit.to);
  }
}

/** `to` is the place in the new order; the default tier neither moves nor is passed. */
function moveTier(draft: DraftPolicy, tierId: number, to: number): DraftPolicy {
  const from = draft.tiers.findIndex((tier) => tier.id === tierId);
  const lastMovable = draft.tiers.length - 2;
  const target = Math.max(0, Math.min(lastMovable, to));
  if (from < 0 || from > lastMovable || from === target) return draft;
  const rest = draft.tiers.filter((tier) => tier.id !== tierId);
  return { ...draft, tiers: insert(rest, target, draft.tiers[from]) };
}

function applyConditionEdit(root: DraftCondition, id: number, edit: ConditionEdit, nextId: number): DraftCondition {
  switch (edit.kind) {
    case "patch":
      return patchLeaf(root, id, edit.patch);
    case "change":
      return changeKind(root, id, edit.to, nextId);
    case "add":
      return addCondition(root, id, edit.joinedBy, newLeaf(edit.leaf, nextId), nextId + 1);
    case "wrap":
      return wrapCondition(root, id, edit.in, nextId);
    case "unwrap":
      return unwrapCondition(root, id);
    case "remove":
      return removeCondition(root, id);
  }
}

function withTier(draft: DraftPolicy, tierId: number, edit: (tier: DraftTier) => DraftTier): DraftPolicy {
  return draft.tiers.some((tier) => tier.id === tierId) ? { ...draft, tiers: draft.tiers.map((tier) => (tier.id === tierId ? edit(tier) : tier)) } : draft;
}

function insert<T>(list: readonly T[], at: number, item: T): T[] {
  return [...list.slice(0, at), item, ...list.slice(at)];
}

function freeName(draft: DraftPolicy, wanted: string): string {
  const taken = new Set(draft.tiers.map((tier) => tier.name));
  if (!taken.has(wanted)) return wanted;
  const stem = wanted.replace(/ \d+$/, "");
  for (let number = 2; ; number++) if (!taken.has(`${stem} ${number}`)) return `${stem} ${number}`;
}

function renumber(condition: DraftCondition, takeId: () => number): DraftCondition {
  const id = takeId();
  if (condition.kind === "all" || condition.kind === "any") return { ...condition, id, of: condition.of.map((child) => renumber(child, takeId)) };
  return condition.kind === "not" || condition.kind === "sameSpan" ? { ...condition, id, of: renumber(condition.of, takeId) } : { ...condition, id };
}
