"use client";

import { Dialog } from "../ui/Dialog.tsx";
import { Kbd } from "../ui/Kbd.tsx";
import { NAV_ITEMS } from "./navItems.ts";

const GROUPS: { title: string; keys: [string[], string][] }[] = [
  {
    title: "Everywhere",
    keys: [
      [["⌘", "K"], "Search or jump"],
      [["/"], "Go to the filter"],
      [["?"], "This list"],
      [["Esc"], "Close, or back to where you were"],
    ],
  },
  { title: "Go to", keys: NAV_ITEMS.map((item) => [["g", item.jump], item.label]) },
  {
    title: "In tables",
    keys: [
      [["j"], "Next row"],
      [["k"], "Previous row"],
      [["Enter"], "Open the row"],
    ],
  },
  {
    title: "A rollout",
    keys: [
      [["a"], "Approve: open the stage that waits"],
      [["p"], "Pause, or resume"],
      [["m"], "Promote now: end the watching early"],
      [["x"], "Abort: go back"],
      [["←", "→", "↑", "↓"], "Walk over the grid of collectors"],
    ],
  },
  {
    title: "Live",
    keys: [
      [["Space"], "Pause and go on"],
      [["t"], "Charts or tables"],
      [["w"], "Why was this trace kept or dropped?"],
      [["←", "→"], "Walk along a chart that has the focus"],
    ],
  },
];

export function HelpDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard" size="wide">
      <div className="grid gap-x-8 gap-y-4 pb-3 sm:grid-cols-2">
        {GROUPS.map((group) => (
          <section key={group.title}>
            <h3 className="mb-1 text-s font-medium text-ink-3">{group.title}</h3>
            <dl>
              {group.keys.map(([keys, what]) => (
                <div key={what} className="flex h-[28px] items-center justify-between border-b border-line last:border-b-0">
                  <dt>{what}</dt>
                  <dd className="flex gap-1">
                    {keys.map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
