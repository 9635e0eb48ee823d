"use client";

import type { ReactNode } from "react";
import { type Crumb, useCrumbs } from "../shell/crumbs.tsx";

type PageHeadProps = {
  title: string;
  /** Chips beside the title. */
  aside?: ReactNode;
  /** One line under it: version, who, since when. */
  sub?: ReactNode;
  actions?: ReactNode;
  /** Trail in the top bar, e.g. `[{ label: "Sampling", href: "/sampling" }, { label: name }]`; default: the title. */
  crumbs?: readonly Crumb[];
};

/** The head of every page; also sets the document's title and the trail in the top bar. */
export function PageHead({ title, aside, sub, actions, crumbs }: PageHeadProps) {
  useCrumbs(crumbs ?? [{ label: title }]);
  return (
    <div className="mb-3.5 flex flex-wrap items-start gap-x-3 gap-y-2">
      <title>{`${title} · Headgate`}</title>
      <div className="min-w-0 flex-1 basis-[200px]">
        <div className="flex flex-wrap items-center gap-2">
          <h1 className="text-xl font-semibold tracking-[-0.015em] break-words">{title}</h1>
          {aside}
        </div>
        {sub !== undefined && <p className="text-s text-ink-2">{sub}</p>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </div>
  );
}
