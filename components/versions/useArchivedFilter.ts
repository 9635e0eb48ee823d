"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";

/** `?archived=1`: whether a list shows what was put away. */
export function useArchivedFilter(): readonly [boolean, (archived: boolean) => void] {
  const router = useRouter();
  const pathname = usePathname();
  const archived = useSearchParams().get("archived") === "1";
  const change = (to: boolean) => {
    const search = new URLSearchParams(window.location.search);
    if (to) search.set("archived", "1");
    else search.delete("archived");
    router.replace(search.size === 0 ? pathname : `${pathname}?${search}`, { scroll: false });
  };
  return [archived, change];
}
