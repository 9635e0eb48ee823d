import { Skeleton } from "../../ui/Skeleton.tsx";

/** Of an answer's geometry; it shows after 200 ms. */
export function AnswerSkeleton() {
  return (
    <div role="status" aria-label="Loading the explanation" className="mt-3 animate-late rounded-panel border border-line bg-raised">
      <div className="flex h-[38px] items-center px-3">
        <Skeleton className="h-[14px] w-[min(320px,70%)]" />
      </div>
      <div className="border-t border-line px-3 pt-3 pb-4">
        <Skeleton className="h-[20px] w-[120px]" />
        <Skeleton className="mt-2 h-[20px] w-[min(460px,90%)]" />
        <Skeleton className="mt-2 h-[14px] w-[min(380px,80%)]" />
        <div className="mt-5 grid gap-x-8 gap-y-4 lg:grid-cols-2">
          <Skeleton className="h-[130px] w-full" />
          <Skeleton className="h-[130px] w-full" />
        </div>
      </div>
    </div>
  );
}
