import { z } from "zod";
import { exportSettingsSchema, HEADERS_MAX } from "#domain/pipeline/exportSettings.ts";
import { pipelineSettingsSchema } from "#domain/pipeline/pipelineSettings.ts";
import { conditionSchema } from "#domain/sampling/condition.ts";
import { samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import type { DestinationBody } from "../services/destinations/destinationBody.ts";

/** Answers that show a body of this schema: what is stored is what was parsed, so it has the shape that one may send. */
const shown = new Map<z.ZodType, z.ZodType>();

export function shownAs<Body>(schema: z.ZodType<Body>): z.ZodType<unknown, Body> {
  const answer = z.unknown();
  shown.set(answer, schema);
  return answer as unknown as z.ZodType<unknown, Body>;
}

/** A destination as it is sent and as it is read. What is in one is checked by its service: it alone knows which header values are stored. */
export const destinationTaken = z.unknown();
export const destinationShown = z.unknown() as unknown as z.ZodType<unknown, DestinationBody>;

type Json = Record<string, unknown>;

/** What a condition looks like, after the check of its depth. */
const conditionShape = (conditionSchema as unknown as z.ZodPipe<z.ZodType, z.ZodType>).def.out;

const NAMED: readonly { name: string; schema: z.ZodType; json: () => Json }[] = [
  { name: "SamplingPolicy", schema: samplingPolicySchema, json: () => generate(samplingPolicySchema, "input") },
  { name: "Condition", schema: conditionShape, json: () => generate(conditionShape, "input") },
  { name: "PipelineSettings", schema: pipelineSettingsSchema, json: () => generate(pipelineSettingsSchema, "input") },
  { name: "Destination", schema: destinationShown, json: () => withHeaders(SHOWN_HEADERS) },
  { name: "DestinationInput", schema: destinationTaken, json: () => withHeaders(TAKEN_HEADERS) },
];
const nameOf = new Map(NAMED.map(({ name, schema }) => [schema, name]));
nameOf.set(conditionSchema, "Condition");

const SHOWN_HEADERS = z.array(z.strictObject({ name: z.string(), isSet: z.literal(true) })).describe("Names only: values are sealed and never given out.");
const TAKEN_HEADERS = z
  .array(
    z.strictObject({
      name: z.string().max(128),
      value: z.string().max(4_096).nullable().describe("null keeps the value that is stored under this name, as long as the endpoint's host stays the same."),
    }),
  )
  .max(HEADERS_MAX)
  .default([])
  .describe("Headers sent with every request, for example an API key.");

/** A schema as JSON Schema 2020-12, with references to the document's components where a named one stands. `io`: whether it is sent or answered. */
export function toJsonSchema(schema: z.ZodType, io: "input" | "output"): Json {
  const name = nameFor(schema);
  return name === undefined ? generate(schema, io) : reference(name);
}

/** The components that those references point at. */
export function namedSchemas(): Record<string, Json> {
  return Object.fromEntries(NAMED.map(({ name, json }) => [name, withOwnName(json(), name) as Json]));
}

/** Export settings as a configuration has them, with the headers as a list. */
function withHeaders(headers: z.ZodType): Json {
  const { default: _, ...settings } = generate(exportSettingsSchema, "input");
  const kinds = (settings.oneOf as { properties: Json }[]).map((kind) =>
    "headers" in kind.properties ? { ...kind, properties: { ...kind.properties, headers: generate(headers, "input") } } : kind,
  );
  return { ...settings, oneOf: kinds };
}

function nameFor(schema: z.ZodType): string | undefined {
  return nameOf.get(shown.get(schema) ?? schema);
}

const reference = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

function generate(root: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...json } = z.toJSONSchema(root, {
    io,
    unrepresentable: "any",
    override({ zodSchema, jsonSchema }) {
      const schema = zodSchema as unknown as z.ZodType;
      const name = schema === root ? undefined : nameFor(schema);
      // What every JavaScript number is bound by says nothing about this one.
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (isNotHere(schema)) Object.assign(jsonSchema, { not: {} });
      if (name === undefined) return;
      for (const key of Object.keys(jsonSchema)) delete (jsonSchema as Json)[key];
      Object.assign(jsonSchema, reference(name));
    },
  }) as Json;
  return json;
}

/** A field of any type with a rule is one that the format knows and that has no meaning here: `notHere`, by which nothing is valid. */
function isNotHere(schema: z.ZodType): boolean {
  return schema instanceof z.ZodOptional && schema.def.innerType instanceof z.ZodUnknown && (schema.def.innerType.def.checks?.length ?? 0) > 0;
}

/** A schema that contains itself says so by its name. */
function withOwnName(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withOwnName(item, name));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => (key === "$ref" && child === "#" ? [key, reference(name).$ref] : [key, withOwnName(child, name)])),
  );
}
