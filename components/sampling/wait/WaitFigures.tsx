"use client";

import { cx } from "#components/ui/cx.ts";
import { StatusShape } from "#components/ui/StatusChip.tsx";
import { useRecentPoints } from "./useRecentPoints.ts";
import { type Amounts, BOUND_OF, type Bounds, trafficOf, waitingNow, waitNeed } from "./waitNeed.ts";
import { amountInWords, needInWords, overInWords } from "./waitWords.ts";

const RECENT_SECONDS = 10;
const ROWS: readonly { what: keyof Amounts; name: string }[] = [
  { what: "traces", name: "Traces" },
  { what: "spans", name: "Spans" },
  { what: "bytes", name: "Memory" },
];

/** What waits for its trace now, what would under the draft, and the draft's bounds. `wanted` is null while one of its settings is wrong. */
export function WaitFigures({ wanted }: { wanted: (Bounds & { waitMs: number }) | null }) {
  const points = useRecentPoints(RECENT_SECONDS);
  const traffic = trafficOf(points);
  const now = waitingNow(points.at(-1));
  const need = traffic !== null && wanted !== null ? waitNeed(traffic, wanted.waitMs, wanted) : null;
  const collectors = points.at(-1)?.reporting ?? 0;
  const over = need === null ? null : overInWords(need);
  return (
    <div data-slot="wait">
      <table className="num w-full border-collapse text-left">
        <caption className="sr-only">What waits for its trace</caption>
        <thead>
          <tr className="text-s text-ink-3">
            <th scope="col" className="py-1 font-medium">
              What waits{collectors > 1 && <span className="font-normal">, {collectors} collectors</span>}
            </th>
            <th scope="col" className="px-2 py-1 text-right font-medium">
              now
            </th>
            <th scope="col" className="px-2 py-1 text-right font-medium">
              up to
            </th>
            <th scope="col" className="py-1 text-right font-medium">
              bound
            </th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map(({ what, name }) => {
            const bound = wanted === null ? null : wanted[BOUND_OF[what]] * Math.max(1, collectors);
            const waiting = now?.amounts[what] ?? null;
            const needed = need?.amounts[what] ?? null;
            const tooMuch = need?.over.includes(what) === true;
            return (
              <tr key={what}>
                <th scope="row" className="border-t border-line py-1.5 pr-2 font-normal">
                  {name}
                  <Meter now={share(waiting, bound)} needed={share(needed, bound)} over={tooMuch} />
                </th>
                <td className="border-t border-line px-2 py-1.5 text-right align-top">
                  <Amount what={what} amount={waiting} />
                </td>
                <td className={cx("border-t border-line px-2 py-1.5 text-right align-top font-semibold", tooMuch && "text-warn")}>
                  <Amount what={what} amount={needed} />
                </td>
                <td className="border-t border-line py-1.5 text-right align-top">
                  <Amount what={what} amount={bound} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <div className="mt-1.5 flex flex-col gap-1 text-s text-ink-2">
        {traffic === null ? (
          <p>What the wait would need is not known: nothing comes in at the moment.</p>
        ) : need === null || wanted === null ? (
          <p>What the wait would need is said once its settings are right.</p>
        ) : (
          <p>{needInWords(traffic, wanted.waitMs, need)} Less where the root comes early.</p>
        )}
        {over !== null && (
          <p role="status" className="flex items-start gap-1.5 text-warn">
            <span className="mt-[3px]">
              <StatusShape tone="warn" />
            </span>
            {over}
          </p>
        )}
        {traffic !== null && traffic.tracesPerS === null && <p>How many traces that is, is known once whole traces are decided somewhere.</p>}
        {now === null && <p>No collector decides whole traces yet, so nothing waits now.</p>}
      </div>
    </div>
  );
}

function Amount({ what, amount }: { what: keyof Amounts; amount: number | null }) {
  return amount === null ? (
    <span className="font-normal text-ink-3">
      <span aria-hidden="true">—</span>
      <span className="sr-only">not known</span>
    </span>
  ) : (
    amountInWords(what, amount)
  );
}

/** The filled part waits now, the pale part would; its end is the bound. */
function Meter({ now, needed, over }: { now: number; needed: number; over: boolean }) {
  return (
    <span aria-hidden="true" className="relative mt-1 mb-0.5 block h-[4px] w-full max-w-[140px] min-w-[60px] overflow-hidden rounded-full bg-hover">
      <span className={cx("absolute inset-y-0 left-0", over ? "bg-warn" : "bg-line-strong")} style={{ width: `${needed * 100}%` }} />
      <span className="absolute inset-y-0 left-0 bg-accent" style={{ width: `${now * 100}%` }} />
    </span>
  );
}

function share(amount: number | null, bound: number | null): number {
  return amount === null || bound === null || bound <= 0 ? 0 : Math.min(1, amount / bound);
}
