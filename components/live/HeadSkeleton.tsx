import { Skeleton } from "../ui/Skeleton.tsx";

export function HeadSkeleton() {
  return (
    <div role="status" aria-label="Loading figures">
      <Skeleton className="mt-0.5 mb-4 h-[23px] w-[min(560px,80%)]" />
      <div className="mb-4 grid h-[166px] grid-cols-2 rounded-panel border border-line lg:h-[85px] lg:grid-cols-5">
        {["In", "Kept", "P99 acknowledgement", "Dropped, not intended", "Cost now"].map((label) => (
          <div key={label} className="px-3.5 py-2.5">
            <div className="animate-late text-s text-ink-3">{label}</div>
            <Skeleton className="mt-1.5 h-[20px] w-[90px]" />
          </div>
        ))}
      </div>
    </div>
  );
}
