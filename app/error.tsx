"use client";

import { ErrorState } from "#components/ui/ErrorState.tsx";

export default function PageError({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <>
      <h1 className="sr-only">Error</h1>
      <ErrorState
        title="This page could not be shown"
        detail={error.message}
        next="The rest of the product still works; the navigation leads there."
        onRetry={reset}
      />
    </>
  );
}
