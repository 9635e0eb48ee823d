"use client";

import type { ReactNode } from "react";
import { Button } from "./Button.tsx";
import { StatusShape } from "./StatusChip.tsx";

type ErrorStateProps = {
  /** What failed: "The list of collectors could not be loaded". */
  title: ReactNode;
  /** Where and why, in the server's words. */
  detail?: ReactNode;
  /** What to do next, when it isn't trying again. */
  next?: ReactNode;
  onRetry?: () => void;
  busy?: boolean;
};

export function ErrorState({ title, detail, next, onRetry, busy }: ErrorStateProps) {
  return (
    <div data-slot="error" role="alert" className="flex flex-col items-start gap-1 px-4 py-5">
      <p className="flex items-center gap-1.5 font-semibold text-bad">
        <StatusShape tone="bad" />
        {title}
      </p>
      {detail !== undefined && <div className="max-w-[80ch] break-words text-ink-2">{detail}</div>}
      {next !== undefined && <div className="max-w-[80ch] text-ink-2">{next}</div>}
      {onRetry && (
        <Button className="mt-2" onClick={onRetry} busy={busy}>
          Try again
        </Button>
      )}
    </div>
  );
}
