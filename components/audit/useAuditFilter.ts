"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { type AuditFilter, auditFilterOfSearch, auditFilterToSearch } from "#domain/audit/auditFilter.ts";

/** The filter is in the address and nowhere else, so that a link shows the same list. */
export function useAuditFilter(): { filter: AuditFilter; setFilter: (filter: AuditFilter) => void } {
  const search = useSearchParams();
  const pathname = usePathname();
  const filter = useMemo(() => auditFilterOfSearch(new URLSearchParams(search)), [search]);
  const setFilter = useCallback(
    (next: AuditFilter) => {
      const text = auditFilterToSearch(next).toString();
      window.history.replaceState(null, "", text === "" ? pathname : `${pathname}?${text}`);
    },
    [pathname],
  );
  return { filter, setFilter };
}
