"use client";

import { useMemo } from "react";
import { cx } from "#components/ui/cx.ts";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { lineDiff } from "./lineDiff.ts";
import { useYaml } from "./useYaml.ts";

const SIGNS = { same: " ", added: "+", removed: "−" };
const WORDS = { same: "", added: "added: ", removed: "removed: " };

/** Two documents line by line; the sign says what the colour says. */
export function YamlDiff({ before, after }: { before: unknown; after: unknown }) {
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
    </section>
  );
}
