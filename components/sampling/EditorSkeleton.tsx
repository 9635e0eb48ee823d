import { Skeleton } from "#components/ui/Skeleton.tsx";

export function EditorSkeleton() {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton className="h-[28px] w-[220px]" />
      <Skeleton className="mt-2 h-[16px] w-[320px]" />
      <div className="mt-4 grid grid-cols-[minmax(0,1fr)] gap-3 xl:grid-cols-[minmax(0,1fr)_minmax(320px,380px)]">
        <Skeleton className="h-[380px] w-full rounded-panel" />
        <Skeleton className="h-[220px] w-full rounded-panel" />
      </div>
    </div>
  );
}
