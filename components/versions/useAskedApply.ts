"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useEffect, useState } from "react";

/** Which version is about to be applied: the address may ask for one with `?apply=3`, once. */
export function useAskedApply(currentVersion: number) {
  const router = useRouter();
  const pathname = usePathname();
  const asked = Number(useSearchParams().get("apply"));
  const [applying, setApplying] = useState<number | null>(asked > 0 && asked <= currentVersion ? asked : null);
  useEffect(() => {
    if (asked > 0) router.replace(pathname);
  }, [asked, router, pathname]);
  return [applying, setApplying] as const;
}
