"use client";

import { useRouter } from "next/navigation";
import { type KeyboardEvent, type MouseEvent, memo, useId, useMemo, useRef, useState } from "react";
import { useWidth } from "#components/charts/useWidth.ts";
import { formatCount } from "#components/format/formatNumber.ts";
import { fromCells, type RolloutCells } from "#domain/fleet/rollout/rolloutCells.ts";
import type { RolloutCollectorState } from "#domain/fleet/rollout/rolloutView.ts";
import { useNames } from "../page/useNames.ts";
import { COLLECTOR_STATES } from "../phaseWords.ts";
import { cellAt, type Grid, marksOf, placeCells, STATE_ORDER, squaresOf } from "./placeCells.ts";

type Look = { fill: string; stroke: string; ink: string; dashed?: true; mark: ((x: number, y: number, size: number) => string) | null };

const cross = (x: number, y: number, size: number) =>
  `M${x + size * 0.3} ${y + size * 0.3}l${size * 0.4} ${size * 0.4}m0 ${-size * 0.4}l${-size * 0.4} ${size * 0.4}`;
const back = (x: number, y: number, size: number) => `M${x + size * 0.65} ${y + size * 0.28}l${-size * 0.32} ${size * 0.24}l${size * 0.32} ${size * 0.24}`;
const bar = (x: number, y: number, size: number) => `M${x + size * 0.25} ${y + size * 0.5}h${size * 0.5}`;
const slash = (x: number, y: number, size: number) => `M${x + size * 0.28} ${y + size * 0.72}l${size * 0.44} ${-size * 0.44}`;

/** Each state has a shape of its own besides its colour. */
const LOOKS: Record<RolloutCollectorState, Look> = {
  refused: { fill: "var(--bad)", stroke: "var(--bad)", ink: "var(--bg)", mark: cross },
  wrongHash: { fill: "var(--bad)", stroke: "var(--bad)", ink: "var(--bg)", mark: slash },
  away: { fill: "var(--warn-soft)", stroke: "var(--warn)", ink: "var(--warn)", mark: bar },
  reverting: { fill: "var(--bad-soft)", stroke: "var(--bad)", ink: "var(--bad)", mark: back, dashed: true },
  reverted: { fill: "var(--bad-soft)", stroke: "var(--bad)", ink: "var(--bad)", mark: back },
  waiting: { fill: "var(--accent-soft)", stroke: "var(--accent)", ink: "var(--accent)", mark: null, dashed: true },
  changed: { fill: "var(--accent)", stroke: "var(--accent)", ink: "var(--on-accent)", mark: null },
  unchanged: { fill: "var(--bg-hover)", stroke: "var(--line-strong)", ink: "var(--text-3)", mark: null },
};

type CollectorGridProps = {
  number: number;
  cells: RolloutCells;
  /** The state that the list below shows alone. */
  state: RolloutCollectorState | null;
  onState: (state: RolloutCollectorState | null) => void;
};

/** Every collector of the group as a cell, by state. Arrow keys or the pointer name one, Enter or a click opens it. Names are asked for where somebody looks. */
export function CollectorGrid({ number, cells: sent, state: listed, onState }: CollectorGridProps) {
  const router = useRouter();
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const { states, stages, order } = sent;
  const grid = useMemo(() => placeCells(fromCells({ states, stages }), width), [states, stages, width]);
  // By its place among the names, so that it stays with its collector when that changes its state and so its cell.
  const [chosen, setChosen] = useState<{ place: number; order: string } | null>(null);
  const at = chosen === null || chosen.order !== order ? -1 : grid.cells.findIndex(({ place }) => place === chosen.place);
  const cell = at < 0 ? null : grid.cells[at];
  const { named, find } = useNames(number, order, cell?.place ?? null);
  const byKey = useRef(false);
  const choose = (index: number | null) => {
    const next = index === null ? undefined : grid.cells[index];
    setChosen(next === undefined ? null : { place: next.place, order });
  };
  const open = async (place: number) => {
    const one = await find(place);
    if (one !== null) router.push(`/fleet/${one.id}`);
  };
  const under = (event: MouseEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return cellAt(grid, event.clientX - box.left, event.clientY - box.top);
  };
  const keyed = (event: KeyboardEvent<HTMLDivElement>) => {
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -grid.columns,
      ArrowDown: grid.columns,
      Home: -at,
      End: grid.cells.length - 1 - at,
    };
    if (event.key === "Enter" && cell !== null) void open(cell.place);
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = at < 0 ? 0 : at + step;
    if (next < 0 || next >= grid.cells.length) return;
    byKey.current = true;
    choose(next);
  };
  return (
    <div>
      <Legend counts={sent.counts} state={listed} onState={onState} />
      <div className="max-h-[300px] overflow-y-auto">
        <div
          ref={frame}
          role="listbox"
          aria-label="Collectors by state"
          aria-activedescendant={cell === null ? undefined : `${id}-cell`}
          tabIndex={0}
          className="relative cursor-pointer rounded-chip"
          style={{ height: grid.height }}
          onPointerMove={(event) => choose(under(event))}
          onPointerLeave={() => setChosen(null)}
          onFocus={() => at < 0 && choose(0)}
          onBlur={() => setChosen(null)}
          onKeyDown={keyed}
          onClick={(event) => {
            const index = under(event);
            if (index !== null) void open(grid.cells[index].place);
          }}
        >
          {width > 0 && <Cells grid={grid} width={width} />}
          {cell !== null && (
            <div
              ref={(option) => {
                if (byKey.current) option?.scrollIntoView({ block: "nearest" });
                byKey.current = false;
              }}
              id={`${id}-cell`}
              role="option"
              tabIndex={-1}
              aria-selected
              aria-posinset={at + 1}
              aria-setsize={grid.cells.length}
              aria-label={`${named?.name ?? "Collector"}: ${COLLECTOR_STATES[cell.state].meaning}${cell.stage === null ? "" : `, stage ${cell.stage + 1}`}`}
              className="pointer-events-none absolute rounded-[3px] outline-2 outline-offset-1 outline-ink"
              style={{ left: (at % grid.columns) * grid.pitch, top: Math.floor(at / grid.columns) * grid.pitch, width: grid.size, height: grid.size }}
            />
          )}
        </div>
      </div>
      <p data-slot="cell-name" className="mt-2 min-h-[19px] truncate text-s text-ink-2">
        {cell === null ? (
          "Point at one for its name; click, or Enter, opens it."
        ) : (
          <>
            <b>{named?.name ?? "…"}</b> {COLLECTOR_STATES[cell.state].meaning}
            {cell.stage !== null && ` · stage ${cell.stage + 1}`}
          </>
        )}
      </p>
    </div>
  );
}

/** One element for each state, not for each collector. */
const Cells = memo(function Cells({ grid, width }: { grid: Grid; width: number }) {
  return (
    <svg aria-hidden="true" width={width} height={grid.height} className="block">
      {STATE_ORDER.map((state) => {
        const { fill, stroke, ink, dashed, mark } = LOOKS[state];
        const squares = squaresOf(grid, state);
        if (squares === "") return null;
        return (
          <g key={state} data-cells={state}>
            <path d={squares} fill={fill} stroke={stroke} strokeLinejoin="round" strokeDasharray={dashed ? "2 2" : undefined} />
            {mark && grid.size > 6 && (
              <path d={marksOf(grid, state, mark)} fill="none" stroke={ink} strokeWidth="1.4" strokeLinecap="round" strokeLinejoin="round" />
            )}
          </g>
        );
      })}
    </svg>
  );
});

/** How many are in each state; one of them can be chosen, and is then listed. */
function Legend({ counts, state, onState }: { counts: RolloutCells["counts"] } & Pick<CollectorGridProps, "state" | "onState">) {
  return (
    <ul className="mb-2 flex flex-wrap gap-x-3 gap-y-0.5 text-s text-ink-2">
      {STATE_ORDER.filter((one) => counts[one] !== undefined).map((one) => {
        const { fill, stroke, ink, dashed, mark } = LOOKS[one];
        return (
          <li key={one} data-count={one}>
            <button
              type="button"
              aria-pressed={one === state}
              title={`List those: ${COLLECTOR_STATES[one].meaning}`}
              className="flex min-h-[24px] items-center gap-1.5 rounded-chip hover:underline aria-pressed:font-semibold aria-pressed:text-ink"
              onClick={() => onState(one === state ? null : one)}
            >
              <svg aria-hidden="true" width="11" height="11">
                <path d="M.5.5h10v10h-10z" fill={fill} stroke={stroke} strokeDasharray={dashed ? "2 2" : undefined} />
                {mark && <path d={mark(0, 0, 11)} fill="none" stroke={ink} strokeWidth="1.3" strokeLinecap="round" />}
              </svg>
              <span className="num">{formatCount(counts[one] ?? 0)}</span> {COLLECTOR_STATES[one].word}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
