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
  return (
    <nav aria-label="Main" className="flex flex-col gap-px">
      {NAV_ITEMS.map((item, index) => {
        const current = isCurrent(item.href, pathname);
        return (
          <Fragment key={item.href}>
            {index > 0 && NAV_ITEMS[index - 1].section !== item.section && <div className="h-3.5" />}
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
            </Link>
          </Fragment>
        );
      })}
    </nav>
  );
}

function FleetCount() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.revisions.current.queryOptions());
  if (data === undefined || data.total === 0) return null;
  return <span className="num ml-auto text-xs text-ink-3">{data.total}</span>;
}

function RailFoot() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.revisions.current.queryOptions());
  return (
    <div className="mt-auto min-h-[48px] border-t border-line px-2 pt-2 text-xs text-ink-3">
      {data && (
        <>
          <div className="truncate">
            {data.policy.name} v{data.policy.version}
          </div>
          <div>
            {data.total === 0 ? "no collector connected" : data.inSync === data.total ? `${data.total} in sync` : `${data.inSync} of ${data.total} in sync`}
          </div>
        </>
      )}
    </div>
  );
}
