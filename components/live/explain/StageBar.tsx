import type { ExplainedStages } from "#domain/sampling/explanation.ts";
import type { Stage } from "#domain/telemetry/stages.ts";
import { formatMs } from "../../format/formatDuration.ts";
import { STAGE_COLORS, STAGE_LABELS } from "../stageWords.ts";
import { prepareStageBar } from "./prepareStageBar.ts";

const AFTER_DECISION: readonly Stage[] = ["serialization", "queueWait", "export"];

type StageBarProps = {
  stages: ExplainedStages;
  /** Kept, so that it was serialized and is on its way. */
  sent: boolean;
  /** Decided as a whole trace, after a wait. */
  waited: boolean;
};

/** Where this trace's time went. What was not measured is said to be not known; what never happens to a trace that is not sent, too. */
export function StageBar({ stages, sent, waited }: StageBarProps) {
  const { parts, totalMs } = prepareStageBar(stages);
  return (
    <section aria-label="Where its time went" data-slot="stages">
      <p className="flex justify-between text-ink-2">
        <span>Where its time went</span>
        {totalMs !== null && <span className="num">{formatMs(totalMs)} in all</span>}
      </p>
      {totalMs !== null && (
        <div aria-hidden="true" className="mt-1.5 flex h-[14px] gap-px overflow-hidden rounded-chip">
          {parts.map(({ stage, share }) => share !== null && <span key={stage} style={{ width: `${share * 100}%`, background: STAGE_COLORS[stage] }} />)}
        </div>
      )}
      <dl className="num mt-2 grid grid-cols-1 gap-x-6 gap-y-0.5 sm:grid-cols-2">
        {parts.map(({ stage, ms }) => (
          <div key={stage} data-stage={stage} className="flex items-center gap-1.5">
            <dt className="flex items-center gap-1.5 text-ink-2">
              <span
                aria-hidden="true"
                className="size-[8px] shrink-0 rounded-[2px]"
                style={{ background: STAGE_COLORS[stage], opacity: ms === null ? 0.3 : 1 }}
              />
              {STAGE_LABELS[stage]}
            </dt>
            <dd className={ms === null ? "ml-auto text-ink-3" : "ml-auto"}>{ms !== null ? formatMs(ms) : missing(stage, sent, waited)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function missing(stage: Stage, sent: boolean, waited: boolean): string {
  if (stage === "decisionWait" && !waited) return "none";
  return !sent && AFTER_DECISION.includes(stage) ? "not sent" : "not known";
}
