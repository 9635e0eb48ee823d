"use client";

import { Toaster as Sonner } from "sonner";
import { StatusShape } from "./StatusChip.tsx";

export function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      gap={8}
      style={{ fontFamily: "inherit" }}
      icons={{
        success: <StatusShape tone="done" />,
        info: <StatusShape tone="info" />,
        error: <StatusShape tone="bad" />,
      }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-[340px] max-w-[calc(100vw-32px)] items-start gap-2 rounded-panel border border-line bg-raised px-3 py-2.5 text-base text-ink shadow-float",
          title: "font-[550]",
          description: "text-ink-2",
          content: "min-w-0 flex-1",
          icon: "mt-[5px] shrink-0",
          success: "[&_[data-icon]]:text-ok",
          info: "[&_[data-icon]]:text-info",
          error: "[&_[data-icon]]:text-bad",
          actionButton: "shrink-0 rounded-control border border-line-strong px-2 py-0.5 text-s hover:bg-hover",
        },
      }}
    />
  );
}
