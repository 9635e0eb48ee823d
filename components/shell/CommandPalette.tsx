"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { useRouter } from "next/navigation";
import { Dialog } from "radix-ui";
import { type ReactNode, useState } from "react";
import { breakGlassHref } from "../break-glass/breakGlassHref.ts";
import { describeError } from "../data/describeError.ts";
import { useTRPC } from "../data/trpc.ts";
import { useMay, useMayDo } from "../data/useMe.ts";
import { readTraceId } from "../live/explain/readTraceId.ts";
import { liveHref } from "../live/liveHref.ts";
import { Kbd } from "../ui/Kbd.tsx";
import { toast } from "../ui/toast.ts";
import { NAV_ITEMS } from "./navItems.ts";
import { signOut } from "./signOut.ts";
import { applyTheme } from "./theme.ts";

type PaletteProps = { open: boolean; onOpenChange: (open: boolean) => void; onHelp: () => void };

/** ⌘K: every screen, policy, set of pipeline settings, destination and collector, and what can be done from anywhere. Esc returns where you were. */
export function CommandPalette({ open, onOpenChange, onHelp }: PaletteProps) {
  const router = useRouter();
  const trpc = useTRPC();
  const mayEdit = useMay("editor");
  const mayEditFleet = useMayDo("editFleet");
  const mayManageWebhooks = useMayDo("manageWebhooks");
  const mayBreakGlass = useMayDo("breakGlass");
  const policies = useQuery(trpc.policies.list.queryOptions(undefined, { enabled: open })).data ?? [];
  const destinations = useQuery(trpc.destinations.list.queryOptions(undefined, { enabled: open })).data ?? [];
  const pipelines = useQuery(trpc.pipelines.list.queryOptions(undefined, { enabled: open })).data ?? [];
  const collectors = useQuery(trpc.fleet.list.queryOptions(undefined, { enabled: open })).data ?? [];
  const groups = useQuery(trpc.groups.list.queryOptions(undefined, { enabled: open })).data ?? [];
  const failed = (error: unknown) => toast.error(describeError(error).message);
  const start = useMutation(trpc.sampleTraffic.start.mutationOptions({ onSuccess: () => toast.ok("Sample traffic runs"), onError: failed }));
  const stop = useMutation(trpc.sampleTraffic.stop.mutationOptions({ onSuccess: () => toast.ok("Sample traffic stopped"), onError: failed }));

  const [search, setSearch] = useState("");
  const traceId = readTraceId(search);
  const run = (action: () => void) => () => {
    onOpenChange(false);
    setSearch("");
    action();
  };
  const go = (href: string) => run(() => router.push(href));

  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-[rgb(8_11_17_/_0.45)]" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[12dvh] left-1/2 z-50 w-[calc(100vw-24px)] max-w-[560px] -translate-x-1/2 overflow-hidden rounded-panel border border-line bg-raised shadow-float outline-none"
        >
          <Dialog.Title className="sr-only">Search or jump</Dialog.Title>
          <Command label="Search or jump" loop>
            <Command.Input
              placeholder="Search or jump to…"
              value={search}
              onValueChange={setSearch}
              className="h-[44px] w-full border-b border-line bg-transparent px-4 text-l outline-none"
            />
            <Command.List className="max-h-[52dvh] overflow-y-auto p-1.5">
              <Command.Empty className="px-3 py-5 text-ink-2">Nothing has that name.</Command.Empty>
              {traceId.kind === "ok" && (
                <Group heading="Trace">
                  <Item value={search} onSelect={go(liveHref({ trace: traceId.id }))}>
                    Explain {traceId.id}
                  </Item>
                </Group>
              )}
              <Group heading="Go to">
                {NAV_ITEMS.map((item) => (
                  <Item key={item.href} value={`go ${item.label}`} onSelect={go(item.href)} hint={<Keys keys={["g", item.jump]} />}>
                    {item.label}
                  </Item>
                ))}
                <Item value="go break glass" onSelect={go("/break-glass")}>
                  Break glass
                </Item>
                {mayManageWebhooks && (
                  <Item value="go webhooks" onSelect={go("/settings/webhooks")}>
                    Webhooks
                  </Item>
                )}
                <Item value="go API tokens" onSelect={go("/settings/tokens")}>
                  API tokens
                </Item>
              </Group>
              {policies.length > 0 && (
                <Group heading="Sampling policies">
                  {policies.map((policy) => (
                    <Item
                      key={policy.id}
                      value={`policy ${policy.name} ${policy.id}`}
                      onSelect={go(`/sampling/${policy.id}`)}
                      hint={policy.isRunning ? "running" : `v${policy.currentVersion}`}
                    >
                      {policy.name}
                    </Item>
                  ))}
                </Group>
              )}
              {pipelines.length > 0 && (
                <Group heading="Pipeline settings">
                  {pipelines.map((pipeline) => (
                    <Item
                      key={pipeline.id}
                      value={`pipeline ${pipeline.name} ${pipeline.id}`}
                      onSelect={go(`/pipeline/${pipeline.id}`)}
                      hint={pipeline.isRunning ? "running" : `v${pipeline.currentVersion}`}
                    >
                      {pipeline.name}
                    </Item>
                  ))}
                </Group>
              )}
              {destinations.length > 0 && (
                <Group heading="Destinations">
                  {destinations.map((destination) => (
                    <Item key={destination.id} value={`destination ${destination.name} ${destination.id}`} onSelect={go(`/destination/${destination.id}`)}>
                      {destination.name}
                    </Item>
                  ))}
                </Group>
              )}
              {groups.length > 1 && (
                <Group heading="Groups">
                  {groups.map((group) => (
                    <Item key={group.id} value={`group ${group.name} ${group.id}`} onSelect={go(`/groups/${group.id}`)} hint={`${group.members}`}>
                      {group.name}
                    </Item>
                  ))}
                </Group>
              )}
              {collectors.length > 0 && (
                <Group heading="Collectors">
                  {collectors.slice(0, 200).map((collector) => (
                    <Item
                      key={collector.id}
                      value={`collector ${collector.name} ${collector.id}`}
                      onSelect={go(`/fleet/${collector.id}`)}
                      hint={collector.state}
                    >
                      {collector.name}
                    </Item>
                  ))}
                </Group>
              )}
              <Group heading="Do">
                <Item value="explain a trace why was it kept or dropped" onSelect={go("/live?trace=")} hint={<Kbd>w</Kbd>}>
                  Explain a trace…
                </Item>
                {mayBreakGlass && (
                  <Item value="break glass keep everything of a service for a while" onSelect={go(breakGlassHref())}>
                    Break glass: keep everything…
                  </Item>
                )}
                {mayEdit && (
                  <Item value="new sampling policy from four tiers" onSelect={go("/sampling/new?from=four-tiers")}>
                    New sampling policy from four tiers
                  </Item>
                )}
                {mayEditFleet && (
                  <Item value="new group of collectors" onSelect={go("/groups/new")}>
                    New group
                  </Item>
                )}
                {mayEditFleet && (
                  <Item value="start sample traffic" onSelect={run(() => start.mutate())}>
                    Start sample traffic
                  </Item>
                )}
                {mayEditFleet && (
                  <Item value="stop sample traffic" onSelect={run(() => stop.mutate())}>
                    Stop sample traffic
                  </Item>
                )}
                <Item value="theme light" onSelect={run(() => applyTheme("light"))}>
                  Theme: light
                </Item>
                <Item value="theme dark" onSelect={run(() => applyTheme("dark"))}>
                  Theme: dark
                </Item>
                <Item value="theme system" onSelect={run(() => applyTheme("system"))}>
                  Theme: as the system
                </Item>
                <Item value="keyboard help shortcuts" onSelect={run(onHelp)} hint={<Kbd>?</Kbd>}>
                  Keyboard
                </Item>
                <Item value="sign out" onSelect={run(() => void signOut().catch(failed))}>
                  Sign out
                </Item>
              </Group>
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-s [&_[cmdk-group-heading]]:text-ink-3"
    >
      {children}
    </Command.Group>
  );
}

function Item({ value, onSelect, hint, children }: { value: string; onSelect: () => void; hint?: ReactNode; children: ReactNode }) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="flex h-[32px] cursor-default items-center gap-2 rounded-control px-2.5 select-none data-[selected=true]:bg-selected"
    >
      <span className="truncate">{children}</span>
      {hint !== undefined && <span className="ml-auto flex gap-1 text-s text-ink-3">{hint}</span>}
    </Command.Item>
  );
}

function Keys({ keys }: { keys: string[] }) {
  return keys.map((key) => <Kbd key={key}>{key}</Kbd>);
}
