"use client";

import { useRouter } from "next/navigation";
import { type KeyboardEvent, type MouseEvent, memo, useId, useMemo, useRef, useState } from "react";
import { useWidth } from "#components/charts/useWidth.ts";
import { formatCount } from "#components/format/formatNumber.ts";
import type { RolloutCollector, RolloutCollectorState } from "#domain/fleet/rollout/rolloutView.ts";
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

/** Every collector of the group as a cell, by state. Arrow keys or the pointer name one, Enter or a click opens it. */
export function CollectorGrid({ collectors }: { collectors: readonly RolloutCollector[] }) {
  const router = useRouter();
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const grid = useMemo(() => placeCells(collectors, width), [collectors, width]);
  // By id, so that it stays with its collector when that changes its state and so its place.
  const [chosen, setChosen] = useState<string | null>(null);
  const at = chosen === null ? -1 : grid.cells.findIndex((cell) => cell.id === chosen);
  const cell = at < 0 ? null : grid.cells[at];
  const byKey = useRef(false);
  const choose = (index: number | null) => setChosen(index === null ? null : (grid.cells[index]?.id ?? null));
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
    if (event.key === "Enter" && cell !== null) router.push(`/fleet/${cell.id}`);
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
      <Legend collectors={collectors} />
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
            if (index !== null) router.push(`/fleet/${grid.cells[index].id}`);
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
              aria-label={`${cell.name}: ${COLLECTOR_STATES[cell.state].meaning}${cell.stage === null ? "" : `, stage ${cell.stage + 1}`}`}
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
            <b>{cell.name}</b> {COLLECTOR_STATES[cell.state].meaning}
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

function Legend({ collectors }: { collectors: readonly RolloutCollector[] }) {
  const counts = new Map<RolloutCollectorState, number>();
  for (const { state } of collectors) counts.set(state, (counts.get(state) ?? 0) + 1);
  return (
    <ul className="mb-2 flex flex-wrap gap-x-3 gap-y-0.5 text-s text-ink-2">
      {STATE_ORDER.filter((state) => counts.has(state)).map((state) => (
        <li key={state} data-count={state} className="flex items-center gap-1.5">
          <svg aria-hidden="true" width="11" height="11">
            <path d="M.5.5h10v10h-10z" fill={LOOKS[state].fill} stroke={LOOKS[state].stroke} strokeDasharray={LOOKS[state].dashed ? "2 2" : undefined} />
            {LOOKS[state].mark && <path d={LOOKS[state].mark(0, 0, 11)} fill="none" stroke={LOOKS[state].ink} strokeWidth="1.3" strokeLinecap="round" />}
          </svg>
          <span className="num">{formatCount(counts.get(state) ?? 0)}</span> {COLLECTOR_STATES[state].word}
        </li>
      ))}
    </ul>
  );
}
