"use client";

import { Ellipsis, GripVertical } from "lucide-react";
import type { KeyboardEvent, ReactNode, Ref } from "react";
import { Button } from "#components/ui/Button.tsx";
import { Chip } from "#components/ui/Chip.tsx";
import { cx } from "#components/ui/cx.ts";
import { DropdownMenu } from "#components/ui/DropdownMenu.tsx";
import type { TierRate } from "#domain/telemetry/live.ts";
import { ConditionBuilder } from "../condition/ConditionBuilder.tsx";
import type { DraftTier } from "../draft/draftPolicy.ts";
import { useEditor } from "../editorContext.tsx";
import { KeepField } from "./KeepField.tsx";
import { TierName } from "./TierName.tsx";
import type { TierChange } from "./tierChanges.ts";

type TierRowProps = {
  tier: DraftTier;
  index: number;
  isDefault: boolean;
  lastMovable: number;
  change: TierChange;
  match: ReactNode;
  inForce: TierRate["ratio"];
  onMove: (to: number) => void;
  drag?: { ref: Ref<HTMLLIElement>; style: React.CSSProperties; grip: React.ComponentProps<"button">; dragging: boolean };
};

/** One tier: what it is called, what it matches, how much of it is kept, what it matches right now. */
export function TierRow({ tier, index, isDefault, lastMovable, change, match, inForce, onMove, drag }: TierRowProps) {
  const { readOnly, edit } = useEditor();
  const path = `tiers[${index}]`;
  const movable = !isDefault && !readOnly;
  const pressed = (event: KeyboardEvent) => {
    if (!movable || !event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    onMove(event.key === "ArrowUp" ? index - 1 : index + 1);
  };
  return (
    <li
      ref={drag?.ref}
      style={drag?.style}
      data-tier={tier.id}
      aria-label={`Tier ${index + 1}: ${tier.name}`}
      onKeyDown={pressed}
      className={cx(
        "group/tier grid grid-cols-[18px_20px_minmax(0,1fr)_30px] items-start gap-x-2 gap-y-2.5 border-t border-line px-3 py-3 first:border-t-0 md:grid-cols-[18px_16px_minmax(0,1fr)_168px_158px_28px] md:gap-x-2.5",
        (change.state === "changed" || change.state === "new") && "bg-selected",
        drag?.dragging && "relative z-10 rounded-control bg-raised shadow-float",
      )}
    >
      {movable ? (
        <button
          type="button"
          {...drag?.grip}
          aria-label={`Move tier ${tier.name}`}
          className="-ml-1 grid h-[24px] w-[22px] cursor-grab touch-none place-items-center rounded-chip text-ink-3 hover:bg-hover hover:text-ink active:cursor-grabbing"
        >
          <GripVertical aria-hidden className="size-[14px]" />
        </button>
      ) : (
        <span />
      )}
      <span className="num pt-[2px] text-right text-ink-3">{index + 1}</span>
      <div className="min-w-0">
        <div className="mb-1 flex flex-wrap items-center gap-x-2 gap-y-1">
          <TierName tier={tier} path={path} />
          {change.state === "changed" && <Chip className="bg-info-soft! text-info!">changed</Chip>}
          {change.state === "new" && <Chip className="bg-ok-soft! text-ok!">new</Chip>}
          {change.state === "moved" && <Chip className="bg-info-soft! text-info!">moved</Chip>}
        </div>
        {isDefault ? (
          <p className="text-ink-3">everything else</p>
        ) : (
          <ConditionBuilder tierId={tier.id} tierName={tier.name || `tier ${index + 1}`} root={tier.condition} path={`${path}.condition`} />
        )}
      </div>
      <div className="col-start-3 row-start-2 md:col-start-auto md:row-start-auto">
        <KeepField tier={tier} path={path} baseKeep={change.baseKeep} inForce={inForce} />
      </div>
      <div className="num col-start-3 row-start-3 text-s md:col-start-auto md:row-start-auto md:text-right">{match}</div>
      <div className="col-start-4 row-start-1 md:col-start-auto md:row-start-auto">
        {movable && (
          <DropdownMenu
            items={[
              { label: "Move up", hint: "⌥↑", disabled: index === 0, onSelect: () => onMove(index - 1) },
              { label: "Move down", hint: "⌥↓", disabled: index >= lastMovable, onSelect: () => onMove(index + 1) },
              { label: "Duplicate", onSelect: () => edit({ kind: "duplicateTier", tierId: tier.id }), separated: true },
              { label: "Remove tier", danger: true, onSelect: () => edit({ kind: "removeTier", tierId: tier.id }) },
            ]}
            trigger={
              <Button variant="ghost" size="icon" className="h-[24px]! w-[26px]!" aria-label={`More for tier ${tier.name}`}>
                <Ellipsis aria-hidden />
              </Button>
            }
          />
        )}
      </div>
    </li>
  );
}
