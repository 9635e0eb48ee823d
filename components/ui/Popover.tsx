"use client";

import { Popover as RadixPopover } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";

type PopoverProps = {
  /** The one element that opens it, usually a Button. */
  trigger: ReactNode;
  children: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  align?: "start" | "center" | "end";
  "aria-label"?: string;
  className?: string;
};

export function Popover({ trigger, children, open, onOpenChange, align = "end", className, ...aria }: PopoverProps) {
  return (
    <RadixPopover.Root open={open} onOpenChange={onOpenChange}>
      <RadixPopover.Trigger asChild>{trigger}</RadixPopover.Trigger>
      <RadixPopover.Portal>
        <RadixPopover.Content
          data-slot="popover"
          align={align}
          sideOffset={6}
          collisionPadding={12}
          className={cx(
            "z-50 w-[300px] max-w-[calc(100vw-24px)] animate-float-in rounded-panel border border-line bg-raised p-3 shadow-float outline-none",
            className,
          )}
          {...aria}
        >
          {children}
        </RadixPopover.Content>
      </RadixPopover.Portal>
    </RadixPopover.Root>
  );
}
