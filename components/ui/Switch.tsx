"use client";

import { Switch as RadixSwitch } from "radix-ui";

type SwitchProps = { checked: boolean; onCheckedChange: (checked: boolean) => void; disabled?: boolean; id?: string; "aria-label"?: string; "aria-labelledby"?: string };

export function Switch({ checked, onCheckedChange, ...rest }: SwitchProps) {
  return (
    <RadixSwitch.Root
      data-slot="switch"
      checked={checked}
      onCheckedChange={onCheckedChange}
      className="inline-flex h-[18px] w-[32px] shrink-0 items-center rounded-full border border-line-control bg-hover px-[1px] transition-colors disabled:opacity-50 data-[state=checked]:border-accent data-[state=checked]:bg-accent"
      {...rest}
    >
      <RadixSwitch.Thumb className="block size-[13px] rounded-full bg-ink-3 transition-transform data-[state=checked]:translate-x-[14px] data-[state=checked]:bg-on-accent" />
    </RadixSwitch.Root>
  );
}
