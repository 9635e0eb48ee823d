import { pipelineSettingsSchema } from "#domain/pipeline/pipelineSettings.ts";
import { pipelineKind } from "../../services/pipelines/pipelineKind.ts";
import { shownAs } from "../namedSchemas.ts";
import { documentRoutes } from "./documentRoutes.ts";

export const pipelineRoutes = documentRoutes({
  kind: pipelineKind,
  words: { folder: "pipelines", name: "Pipeline", plural: "Pipelines", one: "a set of pipeline settings", tag: "Pipeline settings" },
  shown: shownAs(pipelineSettingsSchema),
  taken: pipelineSettingsSchema,
  more: {},
  moreOf: () => ({}),
});
