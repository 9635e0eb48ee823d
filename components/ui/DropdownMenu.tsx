"use client";

import { DropdownMenu as RadixMenu } from "radix-ui";
import { Fragment, type ReactNode } from "react";
import { cx } from "./cx.ts";

export type MenuItem = {
  label: ReactNode;
  onSelect: () => void;
  icon?: ReactNode;
  /** Key or short fact at the right. */
  hint?: ReactNode;
  danger?: boolean;
  disabled?: boolean;
  checked?: boolean;
  /** A rule above this item. */
  separated?: boolean;
};

type DropdownMenuProps = { trigger: ReactNode; items: readonly MenuItem[]; heading?: ReactNode; align?: "start" | "center" | "end" };

export function DropdownMenu({ trigger, items, heading, align = "end" }: DropdownMenuProps) {
  return (
    <RadixMenu.Root modal={false}>
      <RadixMenu.Trigger asChild>{trigger}</RadixMenu.Trigger>
      <RadixMenu.Portal>
        <RadixMenu.Content
          data-slot="menu"
          align={align}
          sideOffset={5}
          collisionPadding={8}
          className="z-50 min-w-[180px] animate-float-in rounded-panel border border-line bg-raised p-1 shadow-float outline-none"
        >
          {heading !== undefined && <RadixMenu.Label className="px-2 py-1 text-s text-ink-3">{heading}</RadixMenu.Label>}
          {items.map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a menu's items are a fixed list and have no identity but their place
            <Fragment key={index}>
              {item.separated && <RadixMenu.Separator className="my-1 h-px bg-line" />}
              <RadixMenu.Item
                disabled={item.disabled}
                onSelect={item.onSelect}
                className={cx(
                  "flex min-h-[28px] cursor-default items-center gap-2 rounded-chip px-2 outline-none select-none data-[disabled]:text-ink-3 data-[highlighted]:bg-hover [&_svg]:size-[14px]",
                  item.danger && "text-bad",
                )}
              >
                {item.icon}
                <span className="flex-1">{item.label}</span>
                {item.checked && (
                  <span>
                    <span aria-hidden="true">✓</span>
                    <span className="sr-only">chosen</span>
                  </span>
                )}
                {item.hint !== undefined && <span className="pl-4 text-s text-ink-3">{item.hint}</span>}
              </RadixMenu.Item>
            </Fragment>
          ))}
        </RadixMenu.Content>
      </RadixMenu.Portal>
    </RadixMenu.Root>
  );
}
