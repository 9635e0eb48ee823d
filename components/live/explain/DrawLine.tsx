import { prepareDraw } from "./prepareDraw.ts";

type DrawLineProps = { randomness: string; threshold: string; kept: boolean; explicit: boolean };

/** The trace's draw on the line from 0 to 1: from the threshold on it is kept. */
export function DrawLine({ randomness, threshold, kept, explicit }: DrawLineProps) {
  const at = prepareDraw(randomness, threshold);
  const percent = (share: number) => `${share * 100}%`;
  return (
    <figure className="mt-3" data-slot="draw">
      <div aria-hidden="true" className="num flex items-end gap-1.5 text-xs text-ink-3">
        0
        <div className="relative h-[30px] flex-1">
          <span className="absolute inset-x-0 top-[17px] h-[6px] rounded-full bg-hover" />
          <span className="absolute top-[17px] right-0 h-[6px] rounded-r-full bg-kept/45" style={{ left: percent(at.threshold) }} />
          <span className="absolute top-[13px] h-[14px] w-px bg-ink-2" style={{ left: percent(at.threshold) }} />
          <svg
            aria-hidden="true"
            viewBox="0 0 10 10"
            className={`absolute top-[3px] size-[10px] -translate-x-1/2 ${kept ? "text-accent" : "text-ink-3"}`}
            style={{ left: percent(at.draw) }}
            fill="currentColor"
          >
            <path d="M.6 1h8.8L5 9z" />
          </svg>
          <span className={`absolute top-[13px] h-[14px] w-[2px] -translate-x-1/2 ${kept ? "bg-accent" : "bg-ink-3"}`} style={{ left: percent(at.draw) }} />
        </div>
        1
      </div>
      <figcaption className="num text-s text-ink-2">
        Draw <span className="font-mono">{randomness}</span> ({position(at.draw)}, {explicit ? "given in tracestate" : "from the trace id"}){" "}
        {threshold === "never" ? (
          <>against a tier that keeps nothing</>
        ) : (
          <>
            is {kept ? "at or above" : "below"} the threshold <span className="font-mono">{threshold}</span> ({position(at.threshold)})
          </>
        )}
        : {kept ? "kept" : "sampled out"}.
      </figcaption>
    </figure>
  );
}

/** Four digits of a place on the line; a draw just below 1 is not shown as 1. */
function position(share: number): string {
  return share > 0.9999 && share < 1 ? "0.9999" : String(Number(share.toFixed(4)));
}
