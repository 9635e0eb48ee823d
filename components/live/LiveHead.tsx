"use client";

import { lazy, Suspense } from "react";
import { HeadSkeleton } from "./HeadSkeleton.tsx";
import type { LiveHeadProps } from "./LiveHeadBody.tsx";

// It has nothing to say before the first figures have come, so its code comes at the same time as they do.
const LiveHeadBody = lazy(async () => ({ default: (await import("./LiveHeadBody.tsx")).LiveHeadBody }));

/** Verdict and strip; the same on Overview and Live. */
export function LiveHead(props: LiveHeadProps) {
  return (
    <Suspense fallback={<HeadSkeleton />}>
      <LiveHeadBody {...props} />
    </Suspense>
  );
}
