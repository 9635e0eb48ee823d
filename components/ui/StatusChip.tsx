import type { ReactNode } from "react";
import { cx } from "./cx.ts";

export type Tone = "ok" | "warn" | "bad" | "info" | "neutral" | "busy" | "done";

const TONES: Record<Tone, string> = {
  ok: "bg-ok-soft text-ok",
  done: "bg-ok-soft text-ok",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
  info: "bg-info-soft text-info",
  busy: "bg-info-soft text-info",
  neutral: "bg-hover text-ink-2",
};

/** Status is a shape, a word and a colour together: ● ok, ▲ warn, ■ bad, ◆ info, ✓ done, ◌ under way, ○ nothing to say. */
export function StatusChip({ tone, children, title, className }: { tone: Tone; children: ReactNode; title?: string; className?: string }) {
  return (
    <span
      data-slot="status"
      data-tone={tone}
      title={title}
      className={cx("inline-flex h-[20px] items-center gap-[5px] rounded-chip px-[7px] text-s whitespace-nowrap", TONES[tone], className)}
    >
      <StatusShape tone={tone} />
      {children}
    </span>
  );
}

export function StatusShape({ tone }: { tone: Tone }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 10 10" className="size-[10px] shrink-0" fill="currentColor">
      {SHAPES[tone]}
    </svg>
  );
}

const SHAPES: Record<Tone, ReactNode> = {
  ok: <circle cx="5" cy="5" r="3.2" />,
  warn: <path d="M5 1 9.6 9H.4z" />,
  bad: <rect x="1.2" y="1.2" width="7.6" height="7.6" rx="1" />,
  info: <path d="M5 .8 9.2 5 5 9.2 .8 5z" />,
  done: <path d="M1.5 5.3 4 7.8l4.6-5.4" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" />,
  busy: <circle cx="5" cy="5" r="3.4" fill="none" stroke="currentColor" strokeWidth="1.4" strokeDasharray="2.2 1.4" />,
  neutral: <circle cx="5" cy="5" r="3.2" fill="none" stroke="currentColor" strokeWidth="1.4" />,
};
