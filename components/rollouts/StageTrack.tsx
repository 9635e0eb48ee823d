import { formatAge, formatClock } from "#components/format/formatDuration.ts";
import { formatCount } from "#components/format/formatNumber.ts";
import { cx } from "#components/ui/cx.ts";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import type { RolloutHead, StageView } from "#domain/fleet/rollout/rolloutView.ts";
import { STAGE_STATES } from "./phaseWords.ts";
import { secondsWords, stageName } from "./plan/planWords.ts";

type StageTrackProps = { head: Pick<RolloutHead, "stages" | "sinceMs" | "pausedAtMs" | "collectors">; nowMs: number };

const EDGES: Partial<Record<StageView["state"], string>> = {
  passed: "before:bg-ok",
  back: "before:bg-bad bg-bad-soft",
  applying: "before:bg-accent",
  baking: "before:bg-accent",
  waiting: "before:bg-warn",
};

/** The stages from left to right: which have passed, which is open and how far its watching is, and which are ahead. */
export function StageTrack({ head, nowMs }: StageTrackProps) {
  return (
    <ol aria-label="Stages" className="mb-3 flex overflow-hidden rounded-panel border border-line bg-raised max-md:flex-col">
      {head.stages.map((stage, at) => {
        const { tone, word } = STAGE_STATES[stage.state];
        const name = stageName(head, at);
        const isLast = at === head.stages.length - 1;
        return (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: the stages of a plan never move
            key={at}
            data-stage={at}
            data-state={stage.state}
            className={cx(
              "relative min-w-0 flex-1 border-line px-3.5 py-2.5 before:absolute before:inset-x-0 before:top-0 before:h-[2px] max-md:not-first:border-t md:not-first:border-l",
              EDGES[stage.state],
            )}
          >
            <div className="flex min-h-[20px] items-center justify-between gap-2">
              <b className={stage.state === "ahead" ? "text-ink-3" : undefined}>{isLast ? `All ${formatCount(head.collectors)}` : name}</b>
              {stage.state !== "ahead" && <StatusChip tone={tone}>{word}</StatusChip>}
            </div>
            <p className={cx("num text-s", stage.state === "ahead" ? "text-ink-3" : "text-ink-2")}>{stageWords(stage, head, nowMs)}</p>
            {stage.state === "baking" && <BakeBar share={bakedShare(stage, head, nowMs)} />}
          </li>
        );
      })}
    </ol>
  );
}

function BakeBar({ share }: { share: number }) {
  return (
    <>
      <progress aria-label="Watched so far" className="sr-only" max={1} value={share} />
      <div aria-hidden="true" className="absolute inset-x-0 bottom-0 h-[3px] bg-hover">
        <div className="h-full bg-accent transition-[width] duration-1000 ease-linear" style={{ width: `${share * 100}%` }} />
      </div>
    </>
  );
}

type Clocked = StageTrackProps["head"];

function bakedMs({ sinceMs, pausedAtMs }: Clocked, nowMs: number): number {
  return Math.max(0, (pausedAtMs ?? nowMs) - sinceMs);
}

export function bakedShare({ bakeSeconds }: Pick<StageView, "bakeSeconds">, head: Clocked, nowMs: number): number {
  return bakeSeconds === 0 ? 1 : Math.min(1, bakedMs(head, nowMs) / (bakeSeconds * 1_000));
}

function stageWords(stage: StageView, head: Clocked, nowMs: number): string {
  const { state, bakeSeconds, needsApproval, joined, openedAtMs, appliedAtMs, passedAtMs } = stage;
  const more = joined === null ? "" : `${formatCount(joined)} ${joined === 1 ? "collector" : "collectors"}`;
  switch (state) {
    case "ahead":
      return `${needsApproval ? "a person opens it · " : ""}watched for ${secondsWords(bakeSeconds)}`;
    case "waiting":
      return needsApproval ? "for somebody to open it" : "opens in a moment";
    case "applying":
      return `${more} · for ${formatAge(nowMs - (openedAtMs ?? nowMs))}`;
    case "baking":
      return `${more} · ${formatAge(bakedMs(head, nowMs))} of ${secondsWords(bakeSeconds)}`;
    case "passed":
      return `${more}${appliedAtMs && passedAtMs ? ` · watched ${formatAge(passedAtMs - appliedAtMs)}` : ""}${passedAtMs ? ` · until ${formatClock(passedAtMs)}` : ""}`;
    case "back":
      return `${more}${openedAtMs ? ` · opened ${formatClock(openedAtMs, true)}` : ""}`;
  }
}
