import { z } from "zod";
import { effectiveLabels, LABELS_MAX, labelEdits, labelsSchema } from "#domain/fleet/labels.ts";
import { matchingGroups } from "#domain/fleet/membership.ts";
import { parseOrProblems } from "#domain/validation/problems.ts";
import { audit } from "../../db/audit.ts";
import { toTexts } from "../../db/documentRows.ts";
import { readGroups } from "../../db/groupRows.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { labelsOf, readTargets } from "../../db/targets.ts";
import { AppError } from "../../errors/appError.ts";
import { authoriseIn, authoriseSomewhere } from "../authorise.ts";
import type { Call } from "../context.ts";
import { idSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";

const wantedSchema = z
  .record(z.string().max(320, "is too long"), z.string("must be a text").max(256, "must have at most 256 characters"))
  .refine((labels) => Object.keys(labels).length <= LABELS_MAX, `must have at most ${LABELS_MAX} labels`);
const setLabelsSchema = z.strictObject({
  id: idSchema,
  /** All labels that the collector shall have. What differs from its own is kept as a change of those; the rest goes on following its environment. */
  labels: wantedSchema,
  /** What the caller saw: when it is not so any more, nothing is changed. */
  base: wantedSchema.optional(),
});
export type SetLabelsInput = z.input<typeof setLabelsSchema>;

/** Changes which labels count for a collector, and with them perhaps its group; it is then sent what it shall run there. */
export async function setLabels({ ctx, input: untrusted }: Call<SetLabelsInput>): Promise<{ id: string; labels: Record<string, string> }> {
  authoriseSomewhere(ctx, "editFleet");
  const { id, labels: wanted, base } = parseInput(setLabelsSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    // Held until the end, so that two who edit at the same time come one after the other.
    await tx.$queryRaw`SELECT "id" FROM "Collector" WHERE "id" = ${id} FOR UPDATE`;
    const collector = await tx.collector.findUnique({ where: { id } });
    if (!collector) throw new AppError("NOT_FOUND", `there is no collector with the id ${id}`);
    const target = (await readTargets(tx, ctx.ports.nowMs(), [id])).get(id);
    if (!target) throw new AppError("NOT_FOUND", `there is no collector with the id ${id}`);
    authoriseIn(ctx, "editFleet", target.group);
    const own = toTexts(collector.ownLabels);
    const before = labelsOf(collector);
    if (base && !isSame(base, before))
      throw new AppError("CONFLICT", `the labels of ${collector.name} were changed in the meantime; nothing was saved`, { conflict: before });
    const edits = labelEdits(own, wanted);
    refuseBadEdits(edits);
    const after = effectiveLabels(own, edits);
    if (isSame(before, after)) return { id, labels: after };
    // Labels may take it to another group: that needs the role there too.
    const [to] = matchingGroups(after, await readGroups(tx));
    const caller = authoriseIn(ctx, "editFleet", to);
    await tx.collector.update({ where: { id }, data: { editedLabels: edits } });
    const change = { before: { labels: before }, after: { labels: after } };
    await audit(tx, { by: caller, action: "collector.setLabels", entity: "collector", entityId: id, entityName: collector.name, ...change });
    await notifyChange(tx, "collector", id);
    await notifyChange(tx, "group");
    return { id, labels: after };
  });
}

/** Only what people give has to keep to the rules: a collector may have had others all along. */
function refuseBadEdits(edits: Record<string, string | null>): void {
  const given = Object.fromEntries(Object.entries(edits).filter((entry): entry is [string, string] => entry[1] !== null));
  const parsed = parseOrProblems(labelsSchema, given, "labels");
  if (!parsed.ok) throw new AppError("INVALID", `${parsed.problems[0].path}: ${parsed.problems[0].message}`, { problems: parsed.problems });
}

function isSame(a: Record<string, string>, b: Record<string, string>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key]);
}
