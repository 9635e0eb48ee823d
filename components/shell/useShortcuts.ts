"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { isTyping } from "../ui/isTyping.ts";
import { NAV_ITEMS } from "./navItems.ts";

const JUMP_WINDOW_MS = 1200;

/** ⌘K, `?`, `g …` and `/` for the whole tab; keys that belong to fields, menus and dialogs are left to them. */
export function useShortcuts({ onPalette, onHelp }: { onPalette: () => void; onHelp: () => void }): void {
  const router = useRouter();
  const jumpUntil = useRef(0);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        onPalette();
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || document.querySelector("[role=dialog],[role=alertdialog]")) return;
      if (event.key === "?") {
        event.preventDefault();
        onHelp();
      } else if (event.key === "/") {
        const filter = document.querySelector<HTMLElement>("[data-filter]");
        if (filter === null) return;
        event.preventDefault();
        filter.focus();
      } else if (event.key === "g") {
        jumpUntil.current = event.timeStamp + JUMP_WINDOW_MS;
      } else if (event.timeStamp < jumpUntil.current) {
        jumpUntil.current = 0;
        const item = NAV_ITEMS.find((candidate) => candidate.jump === event.key);
        if (item === undefined) return;
        event.preventDefault();
        router.push(item.href);
      }
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [router, onPalette, onHelp]);
}
