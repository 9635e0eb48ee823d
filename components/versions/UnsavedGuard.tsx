"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { ConfirmDialog } from "#components/ui/ConfirmDialog.tsx";

/** Asks before a link or a closed tab leaves unsaved work behind. `kept` says whether the draft waits at the server or in this browser. */
export function UnsavedGuard({ dirty, kept }: { dirty: boolean; kept: boolean }) {
  const router = useRouter();
  const [leavingFor, setLeavingFor] = useState<string | null>(null);
  useEffect(() => {
    if (!dirty) return;
    const closing = (event: BeforeUnloadEvent) => event.preventDefault();
    const clicked = (event: MouseEvent) => {
      if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
      if (!link || link.target === "_blank" || link.hasAttribute("download") || link.origin !== window.location.origin) return;
      if (link.pathname === window.location.pathname && link.search === window.location.search) return;
      event.preventDefault();
      event.stopPropagation();
      setLeavingFor(`${link.pathname}${link.search}${link.hash}`);
    };
    window.addEventListener("beforeunload", closing);
    window.addEventListener("click", clicked, { capture: true });
    return () => {
      window.removeEventListener("beforeunload", closing);
      window.removeEventListener("click", clicked, { capture: true });
    };
  }, [dirty]);
  return (
    <ConfirmDialog
      open={leavingFor !== null}
      onOpenChange={(open) => !open && setLeavingFor(null)}
      title="Leave without saving?"
      description={kept ? "The draft is kept and is here when you come back, on any computer. Nobody else sees it." : "The changes on this page will be lost."}
      confirmLabel={kept ? "Leave, keep the draft" : "Leave and lose them"}
      cancelLabel="Stay"
      danger={!kept}
      onConfirm={() => {
        const href = leavingFor;
        setLeavingFor(null);
        if (href !== null) router.push(href);
      }}
    />
  );
}
