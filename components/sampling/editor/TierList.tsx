"use client";

import { type Announcements, closestCenter, DndContext, type DragEndEvent, KeyboardSensor, PointerSensor, useSensor, useSensors } from "@dnd-kit/core";
import { SortableContext, sortableKeyboardCoordinates, useSortable, verticalListSortingStrategy } from "@dnd-kit/sortable";
import { type ReactNode, useState } from "react";
import type { TierRate } from "#domain/telemetry/live.ts";
import type { DraftTier } from "../draft/draftPolicy.ts";
import { useEditor } from "../editorContext.tsx";
import { TierRow } from "./TierRow.tsx";
import type { TierChange } from "./tierChanges.ts";

type TierListProps = {
  tiers: readonly DraftTier[];
  changes: readonly TierChange[];
  match: (index: number) => ReactNode;
  inForce: (index: number) => TierRate["ratio"];
};

/** The tiers in order, the default pinned last. Order changes by drag, by ⌥↑ ⌥↓, or from the menu; each is spoken. */
export function TierList({ tiers, changes, match, inForce }: TierListProps) {
  const { edit, readOnly } = useEditor();
  const [spoken, setSpoken] = useState("");
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const lastMovable = tiers.length - 2;
  const nameOf = (id: string | number) => tiers.find((tier) => tier.id === Number(id))?.name ?? "";
  const placeOf = (id: string | number | undefined) => tiers.findIndex((tier) => tier.id === Number(id));

  const move = (tier: DraftTier, to: number) => {
    const target = Math.max(0, Math.min(lastMovable, to));
    if (target === placeOf(tier.id)) {
      setSpoken(`${tier.name} is already ${target === 0 ? "first" : "last before the default tier"}.`);
      return;
    }
    edit({ kind: "moveTier", tierId: tier.id, to: target });
    setSpoken(`${tier.name} is now tier ${target + 1} of ${tiers.length}.`);
    keepFocus(tier.id);
  };
  const dropped = ({ active, over }: DragEndEvent) => {
    const tier = tiers.find((candidate) => candidate.id === Number(active.id));
    if (tier && over && over.id !== active.id) move(tier, placeOf(over.id));
  };
  const announcements: Announcements = {
    onDragStart: ({ active }) => `Picked up ${nameOf(active.id)}, tier ${placeOf(active.id) + 1}.`,
    onDragOver: ({ active, over }) => (over ? `${nameOf(active.id)} is over place ${placeOf(over.id) + 1}.` : undefined),
    onDragEnd: ({ active, over }) => (over ? `${nameOf(active.id)} was put at place ${placeOf(over.id) + 1}.` : `${nameOf(active.id)} was put back.`),
    onDragCancel: ({ active }) => `${nameOf(active.id)} was put back.`,
  };

  return (
    <DndContext
      id="tiers"
      sensors={sensors}
      collisionDetection={closestCenter}
      onDragEnd={dropped}
      accessibility={{ announcements, screenReaderInstructions: INSTRUCTIONS }}
    >
      <SortableContext items={tiers.slice(0, -1).map((tier) => tier.id)} strategy={verticalListSortingStrategy} disabled={readOnly}>
        <ol aria-label="Tiers, in the order in which they are asked" className="border-t border-line">
          {tiers.map((tier, index) => {
            const shared = {
              tier,
              index,
              lastMovable,
              change: changes[index],
              match: match(index),
              inForce: inForce(index),
              onMove: (to: number) => move(tier, to),
            };
            return index > lastMovable ? <TierRow key={tier.id} {...shared} isDefault /> : <SortableTier key={tier.id} {...shared} />;
          })}
        </ol>
      </SortableContext>
      <p role="status" aria-live="polite" className="sr-only">
        {spoken}
      </p>
    </DndContext>
  );
}

const INSTRUCTIONS = {
  draggable: "Press space to pick a tier up, the arrow keys to move it, space to put it down, escape to put it back. Alt with an arrow moves it at once.",
};

function SortableTier(props: Omit<React.ComponentProps<typeof TierRow>, "isDefault" | "drag">) {
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({ id: props.tier.id });
  const style = { transform: transform ? `translate3d(0, ${Math.round(transform.y)}px, 0)` : undefined, transition };
  return (
    <TierRow
      {...props}
      isDefault={false}
      drag={{ ref: setNodeRef, style, dragging: isDragging, grip: { ref: setActivatorNodeRef, ...attributes, ...listeners } }}
    />
  );
}

/** React moves the row's element when the order changes, and with it the focus may be lost; it goes back to where it was. */
function keepFocus(tierId: number) {
  const focused = document.activeElement;
  requestAnimationFrame(() => {
    if (focused instanceof HTMLElement && focused.isConnected && focused !== document.body) focused.focus({ preventScroll: true });
    else document.querySelector<HTMLElement>(`[data-tier="${tierId}"] button`)?.focus();
    document.querySelector(`[data-tier="${tierId}"]`)?.scrollIntoView({ block: "nearest" });
  });
}
