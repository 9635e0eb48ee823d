import { Skeleton } from "#components/ui/Skeleton.tsx";

export function DestinationSkeleton() {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton className="h-[28px] w-[220px]" />
      <Skeleton className="mt-2 h-[16px] w-[260px]" />
      <Skeleton className="mt-4 h-[260px] w-full rounded-panel" />
    </div>
  );
}
