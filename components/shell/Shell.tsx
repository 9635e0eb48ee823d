"use client";

import { usePathname, useRouter } from "next/navigation";
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { HoldBanner } from "#components/rollouts/hold/HoldBanner.tsx";
import { BreakGlassBanner } from "../break-glass/BreakGlassBanner.tsx";
import { describeError } from "../data/describeError.ts";
import { useInvalidation } from "../data/useInvalidation.ts";
import { useMe } from "../data/useMe.ts";
import { ErrorState } from "../ui/ErrorState.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { CrumbsProvider } from "./crumbs.tsx";
import { ExposureBanner } from "./ExposureBanner.tsx";
import { HealthBanner } from "./HealthBanner.tsx";
import { NavRail } from "./NavRail.tsx";
import { TopBar } from "./TopBar.tsx";
import { useShortcuts } from "./useShortcuts.ts";

const CommandPalette = lazy(async () => ({ default: (await import("./CommandPalette.tsx")).CommandPalette }));
const HelpDialog = lazy(async () => ({ default: (await import("./HelpDialog.tsx")).HelpDialog }));
const MobileNav = lazy(async () => ({ default: (await import("./MobileNav.tsx")).MobileNav }));

const WITHOUT_SESSION = ["/sign-in", "/setup"];

/** The frame around every page; the pages of people who are not signed in yet stand alone. */
export function Shell({ children }: { children: ReactNode }) {
  const pathname = usePathname();
  if (WITHOUT_SESSION.includes(pathname)) return <main id="main">{children}</main>;
  return <SignedInOnly pathname={pathname}>{children}</SignedInOnly>;
}

function SignedInOnly({ pathname, children }: { pathname: string; children: ReactNode }) {
  const router = useRouter();
  const me = useMe();
  const signedOut = me.data === null;
  const person = useRef<string | null>(null);
  const replaced = me.data !== undefined && me.data !== null && person.current !== null && person.current !== me.data.id;
  if (me.data && person.current === null) person.current = me.data.id;
  // Somebody else has signed in in another tab: nothing of the one before stays on screen or in memory.
  useEffect(() => {
    if (replaced) window.location.reload();
  }, [replaced]);
  useEffect(() => {
    if (!signedOut) return;
    const search = new URLSearchParams();
    if (pathname !== "/") search.set("next", `${pathname}${window.location.search}`);
    if (person.current !== null) search.set("ended", "");
    const text = search.toString();
    router.replace(`/sign-in${text === "" ? "" : `?${text}`}`);
  }, [signedOut, router, pathname]);

  if (me.data && !replaced) return <Frame>{children}</Frame>;
  if (me.isError) {
    return (
      <main id="main" className="mx-auto max-w-[640px] pt-[14dvh]">
        <ErrorState
          title="Headgate does not answer"
          detail={describeError(me.error).message}
          next="Collectors go on under their last configuration meanwhile. This page asks again when you do."
          onRetry={() => void me.refetch()}
          busy={me.isFetching}
        />
      </main>
    );
  }
  return <FrameSkeleton />;
}

type Layer = "palette" | "help" | "menu" | null;

function Frame({ children }: { children: ReactNode }) {
  // What was opened once stays loaded, closed; that way it can close with the focus going back.
  const [layer, setLayer] = useState<Layer>(null);
  const [used, setUsed] = useState<ReadonlySet<Layer>>(new Set());
  const show = useCallback((next: Layer) => {
    setLayer(next);
    setUsed((before) => (before.has(next) ? before : new Set(before).add(next)));
  }, []);
  const onPalette = useCallback(() => show("palette"), [show]);
  const onHelp = useCallback(() => show("help"), [show]);
  const set = (name: Layer) => (open: boolean) => setLayer(open ? name : null);
  useShortcuts({ onPalette, onHelp });
  useInvalidation();

  return (
    <CrumbsProvider>
      <a href="#main" className="sr-only z-50 rounded-control bg-raised px-3 py-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2">
        Skip to content
      </a>
      <div className="grid min-h-dvh grid-cols-[minmax(0,1fr)] md:grid-cols-[var(--rail)_minmax(0,1fr)]">
        <aside className="sticky top-0 hidden h-dvh border-r border-line md:block">
          <NavRail />
        </aside>
        <div className="flex min-w-0 flex-col">
          <TopBar onMenu={() => show("menu")} onPalette={onPalette} onHelp={onHelp} />
          <HealthBanner />
          <ExposureBanner />
          <HoldBanner />
          <BreakGlassBanner />
          <main id="main" tabIndex={-1} className="min-w-0 flex-1 px-3 pt-[14px] pb-[60px] outline-none md:px-[var(--gutter)] md:pt-[18px]">
            {children}
          </main>
        </div>
      </div>
      <Suspense>
        {used.has("palette") && <CommandPalette open={layer === "palette"} onOpenChange={set("palette")} onHelp={onHelp} />}
        {used.has("help") && <HelpDialog open={layer === "help"} onOpenChange={set("help")} />}
        {used.has("menu") && <MobileNav open={layer === "menu"} onOpenChange={set("menu")} />}
      </Suspense>
    </CrumbsProvider>
  );
}

function FrameSkeleton() {
  return (
    <div role="status" aria-label="Loading" className="grid min-h-dvh grid-cols-[minmax(0,1fr)] md:grid-cols-[var(--rail)_minmax(0,1fr)]">
      <div className="hidden border-r border-line bg-subtle md:block" />
      <div>
        <div className="h-[var(--bar)] border-b border-line" />
        <div className="px-[var(--gutter)] pt-[18px]">
          <Skeleton className="h-[28px] w-[160px]" />
          <Skeleton className="mt-4 h-[20px] w-[60%]" />
          <Skeleton className="mt-5 h-[88px] w-full rounded-panel" />
          <Skeleton className="mt-4 h-[240px] w-full rounded-panel" />
        </div>
      </div>
    </div>
  );
}
