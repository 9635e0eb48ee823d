"use client";

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { isTyping } from "./isTyping.ts";
import { Td } from "./Table.tsx";

/** Above this many rows only those near the screen are drawn. */
const VIRTUAL_ABOVE = 200;
const ROW_PX = 33;
const OVERSCAN_ROWS = 20;

/**
 * Rows of a table that may be very long and scrolls with the page: which are drawn, what stands for the others, and how they are counted for screen readers. Home and
 * End on a row go to the first and the last one, also where it is not drawn yet.
 */
export function useVirtualRows({ count, columns }: { count: number; columns: number }) {
  const frame = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [wanted, setWanted] = useState<number | null>(null);
  const isVirtual = count > VIRTUAL_ABOVE;
  const virtualizer = useWindowVirtualizer({ count: isVirtual ? count : 0, estimateSize: () => ROW_PX, overscan: OVERSCAN_ROWS, scrollMargin: top });
  // biome-ignore lint/correctness/useExhaustiveDependencies: what stands above the table may move when the number of rows does
  useEffect(() => setTop(frame.current?.offsetTop ?? 0), [count]);
  const items = virtualizer.getVirtualItems();
  const indices = isVirtual ? items.map(({ index }) => index) : Array.from({ length: count }, (_, index) => index);
  useEffect(() => {
    const row = wanted === null ? null : frame.current?.querySelector<HTMLElement>(`[data-index="${wanted}"]`);
    if (!row) return;
    row.focus();
    setWanted(null);
  });
  // The browser's own way there is an animation over rows that are measured as they come by, and each row that is taller than was thought would end it.
  useEffect(() => {
    if (!isVirtual) return;
    const onKey = (event: globalThis.KeyboardEvent) => {
      const isPlain = !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.defaultPrevented);
      if (!isPlain || (event.key !== "Home" && event.key !== "End") || isTyping(event.target) || document.querySelector("[role=dialog]") !== null) return;
      event.preventDefault();
      if (event.key === "Home") virtualizer.scrollToOffset(0);
      else virtualizer.scrollToIndex(count - 1, { align: "end" });
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [isVirtual, count, virtualizer]);
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const isOnRow = event.target instanceof HTMLElement && event.target.dataset.rowOpen !== undefined;
    if (!isOnRow || count === 0 || (event.key !== "Home" && event.key !== "End")) return;
    event.preventDefault();
    const index = event.key === "Home" ? 0 : count - 1;
    if (isVirtual) virtualizer.scrollToIndex(index, { align: event.key === "Home" ? "start" : "end" });
    setWanted(index);
  };
  const [first, last] = [items[0], items.at(-1)];
  const above = isVirtual && first ? first.start - top : 0;
  const below = isVirtual && last ? virtualizer.getTotalSize() - (last.end - top) : 0;
  const spacer = (px: number): ReactNode => px > 0 && <Spacer px={px} columns={columns} />;
  return {
    frame: { ref: frame, onKeyDown },
    table: { "aria-rowcount": count + 1 },
    indices,
    before: spacer(above),
    after: spacer(below),
    /** Of the row at this place. */
    row: (index: number) => ({ ref: isVirtual ? virtualizer.measureElement : undefined, "data-index": index, "aria-rowindex": index + 2 }),
  };
}

function Spacer({ px, columns }: { px: number; columns: number }) {
  return (
    <tr>
      <Td colSpan={columns} className="p-0!" style={{ height: px }} />
    </tr>
  );
}
