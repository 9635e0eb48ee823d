"use client";

import Link from "next/link";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";

export type Crumb = { label: string; href?: string };

const SetCrumbs = createContext<(crumbs: readonly Crumb[]) => void>(() => {});
const CurrentCrumbs = createContext<readonly Crumb[]>([]);

export function CrumbsProvider({ children }: { children: ReactNode }) {
  const [crumbs, setCrumbs] = useState<readonly Crumb[]>([]);
  return (
    <SetCrumbs value={setCrumbs}>
      <CurrentCrumbs value={crumbs}>{children}</CurrentCrumbs>
    </SetCrumbs>
  );
}

/** A page says its trail; the top bar shows it until another page says its own. */
export function useCrumbs(crumbs: readonly Crumb[]): void {
  const set = useContext(SetCrumbs);
  const key = JSON.stringify(crumbs);
  useEffect(() => set(JSON.parse(key)), [set, key]);
}

export function Crumbs() {
  const crumbs = useContext(CurrentCrumbs);
  return (
    <nav aria-label="Breadcrumb" className="min-w-0 truncate text-ink-2">
      {crumbs.map((crumb, index) => (
        <span key={`${crumb.href ?? ""} ${crumb.label}`}>
          {index > 0 && <span className="px-2 text-ink-3">/</span>}
          {crumb.href === undefined ? (
            <span aria-current="page" className={crumbs.length > 1 ? "text-ink" : undefined}>
              {crumb.label}
            </span>
          ) : (
            <Link href={crumb.href} className="hover:text-ink hover:underline">
              {crumb.label}
            </Link>
          )}
        </span>
      ))}
    </nav>
  );
}
