"use client";

import { type ComponentProps, type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { cx } from "./cx.ts";
import { isTyping } from "./isTyping.ts";
import { ScrollRegion } from "./ScrollRegion.tsx";

/** Dense table: 32 px rows, thin rules, scrolls inside its panel. `j`/`k` walk over rows that can be opened, Enter opens. */
export function Table({ children, className, label, ...rest }: ComponentProps<"table"> & { label: string }) {
  const frame = useRef<HTMLElement>(null);
  useEffect(() => {
    const walk = (event: globalThis.KeyboardEvent) => {
      if ((event.key !== "j" && event.key !== "k") || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector("[role=dialog]")) return;
      const all = [...document.querySelectorAll<HTMLElement>("[data-row-open]")];
      const own = all.filter((row) => frame.current?.contains(row));
      const focused = all.findIndex(hasFocus);
      // Of several tables the one that holds the focus answers, else the first.
      if (own.length === 0 || (focused === -1 ? all[0] !== own[0] : !own.includes(all[focused]))) return;
      const at = own.findIndex(hasFocus);
      own[Math.min(own.length - 1, Math.max(0, at === -1 ? 0 : at + (event.key === "j" ? 1 : -1)))].focus();
      event.preventDefault();
    };
    document.addEventListener("keydown", walk);
    return () => document.removeEventListener("keydown", walk);
  }, []);
  return (
    <ScrollRegion ref={frame} label={`${label}, table`} className="relative w-full overflow-x-auto rounded-b-panel focus-visible:outline-offset-[-2px]">
      <table className={cx("w-full border-collapse text-left", className)} {...rest}>
        {children}
      </table>
    </ScrollRegion>
  );
}

function hasFocus(row: HTMLElement): boolean {
  return row === document.activeElement;
}

/** `n` aligns right with tabular figures. */
export function Th({ n, className, children, ...rest }: ComponentProps<"th"> & { n?: boolean }) {
  return (
    <th
      scope="col"
      className={cx("h-[28px] border-b border-line px-2.5 text-s font-medium whitespace-nowrap text-ink-3", n && "num text-right", className)}
      {...rest}
    >
      {children}
    </th>
  );
}

export function Td({ n, className, ...rest }: ComponentProps<"td"> & { n?: boolean }) {
  return <td className={cx("h-[32px] px-2.5 whitespace-nowrap", n && "num text-right", className)} {...rest} />;
}

type TrProps = Omit<ComponentProps<"tr">, "onClick"> & { onOpen?: () => void; selected?: boolean; children: ReactNode };

/** With `onOpen` the row takes the focus and opens on Enter or click; keep a real link in its first cell as well. */
export function Tr({ onOpen, selected, className, children, ...rest }: TrProps) {
  const keyed = (event: KeyboardEvent<HTMLTableRowElement>) => {
    if (event.key === "Enter" && event.target === event.currentTarget) onOpen?.();
  };
  const clicked = (event: { target: EventTarget }) => {
    if (event.target instanceof Element && event.target.closest("a,button,input,[role=menuitem],[role=switch]")) return;
    if (window.getSelection()?.toString()) return;
    onOpen?.();
  };
  return (
    <tr
      data-row-open={onOpen ? "" : undefined}
      tabIndex={onOpen ? -1 : undefined}
      onKeyDown={onOpen && keyed}
      onClick={onOpen && clicked}
      aria-selected={selected}
      className={cx(
        "border-b border-line last:border-b-0 focus-visible:outline-offset-[-2px] [tbody>&]:hover:bg-hover",
        selected && "bg-selected",
        onOpen && "cursor-pointer",
        className,
      )}
      {...rest}
    >
      {children}
    </tr>
  );
}
