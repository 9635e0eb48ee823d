"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { Fragment } from "react";
import { useTRPC } from "../data/trpc.ts";
import { cx } from "../ui/cx.ts";
import { Logo, NavIcon } from "./NavIcon.tsx";
import { isCurrent, NAV_ITEMS } from "./navItems.ts";

/** The rail at the left, and the same list in the drawer of small screens. */
export function NavRail({ onNavigate }: { onNavigate?: () => void }) {
  return (
    <div className="flex h-full flex-col bg-subtle px-2.5 py-3">
      <Link href="/" onClick={onNavigate} className="flex items-center gap-[9px] px-2 pt-0.5 pb-3.5 text-[14px] font-[650] tracking-[-0.01em]">
        <Logo />
        Headgate
      </Link>
      <NavList onNavigate={onNavigate} />
      <RailFoot />
    </div>
  );
}

function NavList({ onNavigate }: { onNavigate?: () => void }) {
  const pathname = usePathname();
  const trpc = useTRPC();
  const approvals = useQuery(trpc.approvals.count.queryOptions()).data;
  // Where nothing ever needed approval there is nothing to see.
  const items = NAV_ITEMS.filter(({ href }) => href !== "/approvals" || approvals?.inUse === true || isCurrent(href, pathname));
  return (
    <nav aria-label="Main" className="flex flex-col gap-px">
      {items.map((item, index) => {
        const current = isCurrent(item.href, pathname);
        return (
          <Fragment key={item.href}>
            {index > 0 && items[index - 1].section !== item.section && <div className="h-3.5" />}
            <Link
              href={item.href}
              onClick={onNavigate}
              aria-current={current ? "page" : undefined}
              className={cx(
                "flex h-[30px] items-center gap-[9px] rounded-control px-2",
                current ? "bg-selected font-[550] text-ink" : "text-ink-2 hover:bg-hover hover:text-ink",
              )}
            >
              <NavIcon icon={item.icon} />
              {item.label}
              {item.href === "/fleet" && <FleetCount />}
              {item.href === "/rollouts" && <RolloutCount />}
              {item.href === "/approvals" && <ApprovalCount />}
            </Link>
          </Fragment>
        );
      })}
    </nav>
  );
}

/** How many wait for the reader; else, quietly, how many wait for anybody. */
function ApprovalCount() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.approvals.count.queryOptions());
  if (data === undefined || data.pending === 0) return null;
  const mine = data.mine > 0;
  return (
    <span
      title={mine ? `${data.mine} you can decide on` : `${data.pending} waiting for others`}
      className={cx("num ml-auto text-xs", mine ? "rounded-full bg-accent px-1.5 font-semibold text-on-accent" : "text-ink-3")}
    >
      {mine ? data.mine : data.pending}
    </span>
  );
}

/** How many are under way. */
function RolloutCount() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.rollouts.list.queryOptions({ outcome: "live" }));
  if (data === undefined || data.live.length === 0) return null;
  return <span className="num ml-auto text-xs text-ink-3">{data.live.length}</span>;
}

function FleetCount() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.revisions.current.queryOptions());
  if (data === undefined || data.fleet.total === 0) return null;
  return <span className="num ml-auto text-xs text-ink-3">{data.fleet.total}</span>;
}

function RailFoot() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.revisions.current.queryOptions());
  return (
    <div className="mt-auto min-h-[48px] border-t border-line px-2 pt-2 text-xs text-ink-3">
      {data && (
        <>
          <div className="truncate">{data.groups > 1 ? `${data.groups} groups` : `${data.policy.name} v${data.policy.version}`}</div>
          <div>{inSyncWords(data.fleet)}</div>
        </>
      )}
    </div>
  );
}

function inSyncWords({ inSync, total }: { inSync: number; total: number }): string {
  if (total === 0) return "no collector connected";
  return inSync === total ? `${total} in sync` : `${inSync} of ${total} in sync`;
}
