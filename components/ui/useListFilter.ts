"use client";

import { useSearchParams } from "next/navigation";
import { useState } from "react";

/** `?q=`: the text that narrows a list. What else stands in the address stays. */
export function useListFilter(): readonly [string, (text: string) => void] {
  const [text, setText] = useState(useSearchParams().get("q") ?? "");
  const change = (next: string) => {
    setText(next);
    const search = new URLSearchParams(window.location.search);
    if (next === "") search.delete("q");
    else search.set("q", next);
    window.history.replaceState(null, "", search.size === 0 ? window.location.pathname : `?${search}`);
  };
  return [text, change];
}
