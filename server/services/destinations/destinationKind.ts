import { describeExportChange } from "#domain/pipeline/describeExportChange.ts";
import type { ExportSettings } from "#domain/pipeline/exportSettings.ts";
import type { DocumentKind } from "../documents/documentKind.ts";
import { type DestinationBody, showDestination, takeDestination } from "./destinationBody.ts";

export const destinationKind: DocumentKind<DestinationBody> = {
  kind: "export",
  entity: "destination",
  noun: "destination",
  take(input, seal, stored) {
    const { settings, sealed } = takeDestination(input, seal, stored);
    return { body: settings.kind === "otlp" ? { ...settings, headers: {} } : settings, secrets: sealed };
  },
  show: (version) => showDestination(version.body, version.secrets),
  describe: (before, after) => describeExportChange(withHeaderNames(before), withHeaderNames(after)),
};

/** Header values stay where they are sealed; their names are enough to say which came or went. */
function withHeaderNames(body: DestinationBody): ExportSettings {
  return body.kind === "otlp" ? { ...body, headers: Object.fromEntries(body.headers.map(({ name }) => [name, ""])) } : body;
}
