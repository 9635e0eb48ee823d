import { z } from "zod";
import type { DestinationBody } from "../../services/destinations/destinationBody.ts";
import { destinationKind } from "../../services/destinations/destinationKind.ts";
import { destinationShown, destinationTaken } from "../namedSchemas.ts";
import { documentRoutes } from "./documentRoutes.ts";

export const destinationRoutes = documentRoutes<DestinationBody, { kind: z.ZodEnum<{ otlp: "otlp"; archive: "archive"; discard: "discard" }> }>({
  kind: destinationKind,
  words: { folder: "destinations", name: "Destination", plural: "Destinations", one: "a destination", tag: "Destinations" },
  shown: destinationShown,
  taken: destinationTaken,
  more: { kind: z.enum(["otlp", "archive", "discard"]) },
  moreOf: ({ kind }) => ({ kind }),
});
