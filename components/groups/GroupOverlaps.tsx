import Link from "next/link";
import { formatCount } from "#components/format/formatNumber.ts";
import type { GroupView } from "./groupView.ts";

/** Which other groups select some of the same collectors, and who has them. */
export function GroupOverlaps({ overlaps }: { overlaps: GroupView["overlaps"] }) {
  if (overlaps.length === 0) return null;
  return (
    <ul aria-label="Overlaps" className="mt-2 flex flex-col gap-1 text-ink-2">
      {overlaps.map(({ id, name, collectors, hasThem }) => (
        <li key={`${hasThem} ${id}`}>
          <span aria-hidden="true" className="mr-1.5 text-warn">
            ▲
          </span>
          {formatCount(collectors)} {collectors === 1 ? "collector is" : "collectors are"} also selected by{" "}
          <Link href={`/groups/${id}`} className="underline underline-offset-2">
            {name}
          </Link>
          , {hasThem === "this" ? "and this group has them" : "which has them: its priority is higher, or it is older"}.
        </li>
      ))}
    </ul>
  );
}
