"use client";

import { ChevronDown } from "lucide-react";
import { Button, type ButtonVariant } from "#components/ui/Button.tsx";
import { DropdownMenu } from "#components/ui/DropdownMenu.tsx";
import type { TriedOver } from "./compareHref.ts";

type TryMenuProps = { label?: string; variant?: ButtonVariant; onTry: (over: TriedOver) => void };

/** The two ways to try a policy before it decides anything. */
export function TryMenu({ label = "Try", variant, onTry }: TryMenuProps) {
  return (
    <DropdownMenu
      items={[
        { label: "On live traffic", hint: "minutes", onSelect: () => onTry("live") },
        { label: "On the last hours", hint: "seconds", onSelect: () => onTry("recording") },
      ]}
      trigger={
        <Button variant={variant}>
          {label}
          <ChevronDown aria-hidden />
        </Button>
      }
    />
  );
}
