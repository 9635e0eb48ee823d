"use client";

import { useMemo } from "react";
import { cx } from "#components/ui/cx.ts";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { lineDiff } from "./lineDiff.ts";
import { type SideRow, sideBySide } from "./sideBySide.ts";
import { useYaml } from "./useYaml.ts";

const SIGNS = { same: " ", added: "+", removed: "−" };
const WORDS = { same: "", added: "added: ", removed: "removed: " };

/** Two documents line by line; the sign says what the colour says. */
export function YamlDiff({ before, after, sides = false }: { before: unknown; after: unknown /** In two columns. */; sides?: boolean }) {
  const toYaml = useYaml();
  const lines = useMemo(() => toYaml && lineDiff(toYaml(before), toYaml(after)), [toYaml, before, after]);
  if (!lines) return <Skeleton className="h-[120px] w-full" />;
  return (
    <section
      aria-label="Difference as YAML"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="relative max-h-[460px] overflow-auto rounded-control border border-line bg-subtle font-mono text-s leading-[19px]"
    >
      {sides ? (
        <SideTable rows={sideBySide(lines)} />
      ) : (
        <ol className="min-w-max py-1.5">
          {lines.map((line, index) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place in the comparison
              key={index}
              className={cx("flex whitespace-pre", line.kind === "added" && "bg-ok-soft text-ok", line.kind === "removed" && "bg-bad-soft text-bad")}
            >
              <span aria-hidden="true" className="num w-[38px] shrink-0 pr-1 text-right text-ink-3 select-none">
                {line.after ?? line.before}
              </span>
              <span aria-hidden="true" className="w-[18px] shrink-0 text-center select-none">
                {SIGNS[line.kind]}
              </span>
              <span className="pr-3">
                <span className="sr-only">{WORDS[line.kind]}</span>
                {line.text}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function SideTable({ rows }: { rows: readonly SideRow[] }) {
  return (
    <table className="w-full min-w-[560px] table-fixed border-collapse">
      <thead className="sr-only">
        <tr>
          <th>Before</th>
          <th>After</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place in the comparison
          <tr key={index} className="align-top">
            <Side line={row.before} number={row.before?.before} />
            <Side line={row.after} number={row.after?.after} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Side({ line, number }: { line: SideRow["before"]; number: number | null | undefined }) {
  const kind = line?.kind;
  return (
    <td
      className={cx(
        "border-r border-line p-0 last:border-r-0",
        line === null && "bg-hover",
        kind === "added" && "bg-ok-soft text-ok",
        kind === "removed" && "bg-bad-soft text-bad",
      )}
    >
      {line !== null && (
        <span className="flex">
          <span aria-hidden="true" className="num w-[38px] shrink-0 pr-1 text-right text-ink-3 select-none">
            {number}
          </span>
          <span aria-hidden="true" className="w-[18px] shrink-0 text-center select-none">
            {SIGNS[line.kind]}
          </span>
          <span className="min-w-0 pr-3 break-words whitespace-pre-wrap">
            <span className="sr-only">{WORDS[line.kind]}</span>
            {line.text}
          </span>
        </span>
      )}
    </td>
  );
}
