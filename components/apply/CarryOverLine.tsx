import type { CarryOver } from "#domain/fleet/carryOver.ts";
import { formatCount } from "../format/formatNumber.ts";
import { cx } from "../ui/cx.ts";
import { carryOverInWords } from "./carryOverInWords.ts";

/** What became of the traces that waited when a configuration was taken; whatever was lost is red. */
export function CarryOverLine({ carryOver, className }: { carryOver: CarryOver; className?: string }) {
  const { spansLost } = carryOver;
  return (
    <p data-slot="carry-over" className={cx("num text-s text-ink-2", className)}>
      {carryOverInWords(carryOver)}
      {spansLost > 0 ? (
        <b className="text-bad">
          {formatCount(spansLost)} {spansLost === 1 ? "span" : "spans"} lost
        </b>
      ) : (
        "0 lost"
      )}
    </p>
  );
}
