"use client";

import { lazy, Suspense, useState } from "react";
import { Button } from "../ui/Button.tsx";
import { Popover } from "../ui/Popover.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";

// The form comes when it is asked for.
const PriceForm = lazy(async () => ({ default: (await import("./PriceForm.tsx")).PriceForm }));

/** The two prices behind every cost on the page, where they are used. */
export function PricePopover() {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      aria-label="Prices"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="small" variant="ghost">
          Prices…
        </Button>
      }
    >
      <Suspense fallback={<Skeleton className="h-[150px] w-full" />}>
        <PriceForm onDone={() => setOpen(false)} />
      </Suspense>
    </Popover>
  );
}
