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
};
