import { abortRollout } from "../../services/rollouts/abortRollout.ts";
import { approveRollout } from "../../services/rollouts/approveRollout.ts";
import { changesHold } from "../../services/rollouts/changesHold.ts";
import { getRollout } from "../../services/rollouts/getRollout.ts";
import { listRollouts } from "../../services/rollouts/listRollouts.ts";
import { pauseRollout } from "../../services/rollouts/pauseRollout.ts";
import { previewRollout } from "../../services/rollouts/previewRollout.ts";
import { promoteRollout } from "../../services/rollouts/promoteRollout.ts";
import { releaseChanges } from "../../services/rollouts/releaseChanges.ts";
import { replayRolloutGates } from "../../services/rollouts/replayRolloutGates.ts";
import { resumeRollout } from "../../services/rollouts/resumeRollout.ts";
import { rolloutChart } from "../../services/rollouts/rolloutChart.ts";
import { rolloutCollectorPage } from "../../services/rollouts/rolloutCollectorPage.ts";
import { rolloutCollectors } from "../../services/rollouts/rolloutCollectors.ts";
import type {
  ByNumberInput,
  ChartInput,
  CollectorPageInput,
  ListRolloutsInput,
  PreviewRolloutInput,
  ReplayGatesInput,
  SetFreezeWindowsInput,
  StartRolloutInput,
  StopAllInput,
  WithMessageInput,
} from "../../services/rollouts/rolloutInput.ts";
import { setFreezeWindows } from "../../services/rollouts/setFreezeWindows.ts";
import { startRollout } from "../../services/rollouts/startRollout.ts";
import { stopAllChanges } from "../../services/rollouts/stopAllChanges.ts";
import { procedure, router, untrusted } from "../trpc.ts";

export const rolloutsRouter = router({
  list: procedure.input(untrusted<ListRolloutsInput | undefined>()).query(({ ctx, input }) => listRollouts({ ctx, input })),
  get: procedure.input(untrusted<ByNumberInput>()).query(({ ctx, input }) => getRollout({ ctx, input })),
  collectors: procedure.input(untrusted<ByNumberInput>()).query(({ ctx, input }) => rolloutCollectors({ ctx, input })),
  collectorPage: procedure.input(untrusted<CollectorPageInput>()).query(({ ctx, input }) => rolloutCollectorPage({ ctx, input })),
  chart: procedure.input(untrusted<ChartInput>()).query(({ ctx, input }) => rolloutChart({ ctx, input })),
  preview: procedure.input(untrusted<PreviewRolloutInput>()).query(({ ctx, input }) => previewRollout({ ctx, input })),
  replayGates: procedure.input(untrusted<ReplayGatesInput>()).query(({ ctx, input }) => replayRolloutGates({ ctx, input })),
  start: procedure.input(untrusted<StartRolloutInput>()).mutation(({ ctx, input }) => startRollout({ ctx, input })),
  approve: procedure.input(untrusted<ByNumberInput>()).mutation(({ ctx, input }) => approveRollout({ ctx, input })),
  pause: procedure.input(untrusted<WithMessageInput>()).mutation(({ ctx, input }) => pauseRollout({ ctx, input })),
  resume: procedure.input(untrusted<ByNumberInput>()).mutation(({ ctx, input }) => resumeRollout({ ctx, input })),
  promote: procedure.input(untrusted<ByNumberInput>()).mutation(({ ctx, input }) => promoteRollout({ ctx, input })),
  abort: procedure.input(untrusted<WithMessageInput>()).mutation(({ ctx, input }) => abortRollout({ ctx, input })),
  hold: procedure.query(({ ctx }) => changesHold({ ctx })),
  stopAll: procedure.input(untrusted<StopAllInput>()).mutation(({ ctx, input }) => stopAllChanges({ ctx, input })),
  release: procedure.mutation(({ ctx }) => releaseChanges({ ctx })),
  setFreezeWindows: procedure.input(untrusted<SetFreezeWindowsInput>()).mutation(({ ctx, input }) => setFreezeWindows({ ctx, input })),
});
