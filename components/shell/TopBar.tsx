"use client";

import { Menu, Search } from "lucide-react";
import { Button } from "../ui/Button.tsx";
import { Kbd } from "../ui/Kbd.tsx";
import { AccountMenu } from "./AccountMenu.tsx";
import { Crumbs } from "./crumbs.tsx";
import { LiveChip } from "./LiveChip.tsx";

type TopBarProps = { onMenu: () => void; onPalette: () => void; onHelp: () => void };

export function TopBar({ onMenu, onPalette, onHelp }: TopBarProps) {
  return (
    <header className="sticky top-0 z-20 flex h-[var(--bar)] items-center gap-2 border-b border-line bg-canvas px-3 md:px-[var(--gutter)]">
      <Button variant="ghost" size="icon" aria-label="Menu" onClick={onMenu} className="-ml-1 md:hidden">
        <Menu aria-hidden />
      </Button>
      <Crumbs />
      <span className="flex-1" />
      <button
        type="button"
        onClick={onPalette}
        className="hidden h-[30px] w-[220px] items-center gap-2 rounded-control border border-line-strong/70 bg-raised px-2.5 text-ink-3 hover:bg-hover md:flex"
      >
        Search or jump to…
        <span className="ml-auto">
          <Kbd>⌘K</Kbd>
        </span>
      </button>
      <Button variant="ghost" size="icon" aria-label="Search or jump" onClick={onPalette} className="md:hidden">
        <Search aria-hidden />
      </Button>
      <LiveChip />
      <AccountMenu onHelp={onHelp} />
    </header>
  );
}
