"use client";

import { useEffect, useState } from "react";

/** The time, drawn anew every `everyMs`; null on the server and in the first drawing, which must equal the server's. */
export function useNow(everyMs: number): number | null {
  const [now, setNow] = useState<number | null>(null);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
