"use client";

import { Keyboard, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { useState } from "react";
import { useMe } from "../data/useMe.ts";
import { Button } from "../ui/Button.tsx";
import { DropdownMenu } from "../ui/DropdownMenu.tsx";
import { toast } from "../ui/toast.ts";
import { signOut } from "./signOut.ts";
import { applyTheme, currentTheme, type Theme } from "./theme.ts";

const THEME_ITEMS: { theme: Theme; label: string; icon: typeof Sun }[] = [
  { theme: "system", label: "Theme: as the system", icon: Monitor },
  { theme: "light", label: "Theme: light", icon: Sun },
  { theme: "dark", label: "Theme: dark", icon: Moon },
];

export function AccountMenu({ onHelp }: { onHelp: () => void }) {
  const { data: me } = useMe();
  // The document holds the theme; this only draws the menu anew after a choice.
  const [, redraw] = useState(0);
  if (!me) return null;
  const theme = typeof document === "undefined" ? "system" : currentTheme();
  const initials = me.name
    .split(/\s+/)
    .map((word) => word[0])
    .join("")
    .slice(0, 2)
    .toUpperCase();
  return (
    <DropdownMenu
      heading={
        <>
          <div className="text-base font-[550] text-ink">{me.name}</div>
          {me.email} · {me.role}
        </>
      }
      trigger={
        <Button variant="ghost" size="icon" aria-label={`${initials}: account of ${me.name}`} className="rounded-full bg-hover text-xs font-semibold">
          {initials}
        </Button>
      }
      items={[
        ...THEME_ITEMS.map(({ theme: choice, label, icon: Icon }, index) => ({
          label,
          icon: <Icon aria-hidden />,
          checked: theme === choice,
          separated: index === 0,
          onSelect: () => {
            applyTheme(choice);
            redraw((count) => count + 1);
          },
        })),
        { label: "Keyboard", icon: <Keyboard aria-hidden />, hint: "?", onSelect: onHelp, separated: true },
        { label: "Sign out", icon: <LogOut aria-hidden />, onSelect: () => void signOut().catch((error: Error) => toast.error(error.message)) },
      ]}
    />
  );
}
