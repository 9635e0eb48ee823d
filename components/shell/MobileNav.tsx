"use client";

import { Dialog } from "radix-ui";
import { NavRail } from "./NavRail.tsx";

export function MobileNav({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-[rgb(8_11_17_/_0.45)]" />
        <Dialog.Content aria-describedby={undefined} className="fixed inset-y-0 left-0 z-50 w-[240px] border-r border-line shadow-float outline-none">
          <Dialog.Title className="sr-only">Navigation</Dialog.Title>
          <NavRail onNavigate={() => onOpenChange(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
