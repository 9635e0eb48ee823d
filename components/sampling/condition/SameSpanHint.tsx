import type { DraftCondition } from "../draft/draftPolicy.ts";
import { childrenOf } from "../draft/editCondition.ts";

type SameSpanHintProps = { group: DraftCondition; onAsk: (() => void) | null };

/** Says of an "all of" in trace scope that different spans may fulfil its parts, and offers to ask for one span. */
export function SameSpanHint({ group, onAsk }: SameSpanHintProps) {
  if (!mayBeDifferentSpans(group)) return null;
  return (
    <p className="mt-1 ml-1.5 text-s text-ink-3">
      Each may hold for another span of the trace.{" "}
      {onAsk && fitsOneSpan(group) && (
        <button type="button" onClick={onAsk} className="text-accent underline decoration-1 underline-offset-2">
          Ask for one span
        </button>
      )}
    </p>
  );
}

/** At least two of its parts are asked of spans, not of the trace as a whole. */
function mayBeDifferentSpans(group: DraftCondition): boolean {
  return group.kind === "all" && group.of.filter((child) => child.kind !== "latency" && child.kind !== "spanCount" && child.kind !== "always").length > 1;
}

function fitsOneSpan(condition: DraftCondition): boolean {
  return condition.kind !== "spanCount" && condition.kind !== "sameSpan" && childrenOf(condition).every(fitsOneSpan);
}
