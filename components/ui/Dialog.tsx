"use client";

import { X } from "lucide-react";
import { Dialog as RadixDialog } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";

type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  /** Buttons, right-aligned, the one that acts last. */
  footer?: ReactNode;
  size?: "default" | "wide";
};

/** Modal; the focus goes in and comes back, Esc closes, the body scrolls. */
export function Dialog({ open, onOpenChange, title, description, children, footer, size = "default" }: DialogProps) {
  return (
    <RadixDialog.Root open={open} onOpenChange={onOpenChange}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="fixed inset-0 z-40 bg-[rgb(8_11_17_/_0.45)]" />
        <RadixDialog.Content
          data-slot="dialog"
          {...(description === undefined ? { "aria-describedby": undefined } : {})}
          className={cx(
            "fixed top-[10dvh] left-1/2 z-50 flex max-h-[80dvh] w-[calc(100vw-24px)] -translate-x-1/2 flex-col rounded-panel border border-line bg-raised shadow-float outline-none",
            size === "wide" ? "max-w-[820px]" : "max-w-[520px]",
          )}
        >
          <header className="flex items-start gap-3 px-4 pt-3.5 pb-2">
            <div className="min-w-0 flex-1">
              <RadixDialog.Title className="text-l font-semibold tracking-[-0.01em]">{title}</RadixDialog.Title>
              {description !== undefined && <RadixDialog.Description className="mt-0.5 text-ink-2">{description}</RadixDialog.Description>}
            </div>
            <RadixDialog.Close
              aria-label="Close"
              className="-mr-1.5 grid size-[26px] place-items-center rounded-control text-ink-3 hover:bg-hover hover:text-ink"
            >
              <X aria-hidden className="size-[15px]" />
            </RadixDialog.Close>
          </header>
          {children !== undefined && <div className="min-h-0 flex-1 overflow-y-auto px-4 py-2">{children}</div>}
          {footer !== undefined && <footer className="mt-1 flex flex-wrap items-center justify-end gap-2 border-t border-line px-4 py-3">{footer}</footer>}
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}
