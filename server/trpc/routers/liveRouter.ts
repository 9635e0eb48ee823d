import { type ExplainTraceInput, explainTrace } from "../../services/live/explainTrace.ts";
import { type LiveEventsInput, liveEvents } from "../../services/live/liveEvents.ts";
import { type LiveHistoryInput, liveHistory } from "../../services/live/liveHistory.ts";
import { procedure, router, untrusted } from "../trpc.ts";

export const liveRouter = router({
  history: procedure.input(untrusted<LiveHistoryInput>()).query(({ ctx, input }) => liveHistory({ ctx, input })),
  explain: procedure.input(untrusted<ExplainTraceInput>()).query(({ ctx, input, signal }) => explainTrace({ ctx, input, signal })),
  events: procedure.input(untrusted<LiveEventsInput>()).subscription(async function* ({ ctx, input, signal }) {
    yield* liveEvents({ ctx, input, signal: signal ?? new AbortController().signal });
  }),
});
