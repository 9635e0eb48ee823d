import type { PipelineSettings } from "#domain/pipeline/pipelineSettings.ts";
import { measuredLoad } from "../../services/pipelines/measuredLoad.ts";
import { pipelineKind } from "../../services/pipelines/pipelineKind.ts";
import { procedure, router } from "../trpc.ts";
import { documentProcedures } from "./documentProcedures.ts";

export const pipelinesRouter = router({
  ...documentProcedures<PipelineSettings, PipelineSettings, object>(pipelineKind, () => ({})),
  measured: procedure.query(({ ctx }) => measuredLoad({ ctx })),
});
