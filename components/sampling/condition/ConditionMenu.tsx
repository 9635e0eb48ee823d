"use client";

import { Ellipsis } from "lucide-react";
import { DropdownMenu, type MenuItem } from "#components/ui/DropdownMenu.tsx";
import type { DraftCondition } from "../draft/draftPolicy.ts";
import { canUnwrap, childrenOf, isInSameSpan } from "../draft/editCondition.ts";
import type { ConditionEdit } from "../draft/editPolicy.ts";
import { useEditor } from "../editorContext.tsx";
import { SAME_SPAN_WORDS } from "./words.ts";

type ConditionMenuProps = { root: DraftCondition; condition: DraftCondition; label: string; onEdit: (edit: ConditionEdit) => void };

/** What can be done with one condition as a whole. */
export function ConditionMenu({ root, condition, label, onEdit }: ConditionMenuProps) {
  const { scope } = useEditor();
  const mayAskForOneSpan = scope === "trace" && !isInSameSpan(root, condition.id) && !holds(condition, "sameSpan") && !holds(condition, "spanCount");
  const items: MenuItem[] = [
    { label: "And another condition", onSelect: () => onEdit({ kind: "add", leaf: "endpoint", joinedBy: "all" }) },
    { label: "Or another condition", onSelect: () => onEdit({ kind: "add", leaf: "endpoint", joinedBy: "any" }) },
    { label: "Put into “all of”", onSelect: () => onEdit({ kind: "wrap", in: "all" }), separated: true },
    { label: "Put into “any of”", onSelect: () => onEdit({ kind: "wrap", in: "any" }) },
    {
      label: condition.kind === "not" ? "Take away “not”" : "Negate with “not”",
      onSelect: () => onEdit(condition.kind === "not" ? { kind: "unwrap" } : { kind: "wrap", in: "not" }),
    },
    ...(condition.kind === "sameSpan" ? [{ label: `Take away “${SAME_SPAN_WORDS}”`, onSelect: () => onEdit({ kind: "unwrap" }) }] : []),
    ...(mayAskForOneSpan ? [{ label: `Put into “${SAME_SPAN_WORDS}”`, onSelect: () => onEdit({ kind: "wrap", in: "sameSpan" }) }] : []),
    ...(canUnwrap(root, condition.id) && condition.kind !== "not" && condition.kind !== "sameSpan"
      ? [{ label: "Take the group away, keep what is in it", onSelect: () => onEdit({ kind: "unwrap" }) }]
      : []),
    {
      label: "Remove",
      onSelect: () => onEdit({ kind: "remove" }),
      danger: true,
      separated: true,
      disabled: condition.id === root.id,
      hint: condition.id === root.id ? "a tier has a condition" : undefined,
    },
  ];
  return (
    <DropdownMenu
      align="start"
      items={items}
      trigger={
        <button
          type="button"
          aria-label={`Change ${label}`}
          className="grid size-[22px] shrink-0 place-items-center rounded-chip text-ink-3 opacity-0 group-focus-within/tier:opacity-100 group-hover/tier:opacity-100 hover:bg-hover hover:text-ink focus-visible:opacity-100 data-[state=open]:opacity-100 [@media(hover:none)]:opacity-100"
        >
          <Ellipsis aria-hidden className="size-[14px]" />
        </button>
      }
    />
  );
}

function holds(condition: DraftCondition, kind: DraftCondition["kind"]): boolean {
  return condition.kind === kind || childrenOf(condition).some((child) => holds(child, kind));
}
