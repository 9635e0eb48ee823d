import { cx } from "./cx.ts";

/** A block of the final geometry; it shows after 200 ms, so a quick answer never flickers. Size it with classes. */
export function Skeleton({ className }: { className?: string }) {
  return <span data-slot="skeleton" aria-hidden="true" className={cx("block animate-late rounded-chip bg-hover", className ?? "h-[14px] w-full")} />;
}

/** Rows of a table on their way. */
export function SkeletonRows({ rows = 4, columns = 4 }: { rows?: number; columns?: number }) {
  return (
    <div role="status" aria-label="Loading" className="animate-late">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholder rows are alike and never move
        <div key={row} className="flex h-[32px] items-center gap-6 border-b border-line px-2.5 last:border-b-0">
          {Array.from({ length: columns }, (_, column) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <Skeleton key={column} className={cx("h-[12px]", column === 0 ? "w-[26%]" : "w-[12%]")} />
          ))}
        </div>
      ))}
    </div>
  );
}
