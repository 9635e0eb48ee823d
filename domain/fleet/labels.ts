import { z } from "zod";

/** How many labels one collector may have. */
export const LABELS_MAX = 64;

export type Labels = Readonly<Record<string, string>>;
/** What people changed of a collector's own labels: a value in place of its own or beside them, `null` where one is taken away. */
export type LabelEdits = Readonly<Record<string, string | null>>;

/** The labels that count: what the collector's environment says, with what people changed laid over it. */
export function effectiveLabels(own: Labels, edits: LabelEdits): Record<string, string> {
  const kept = Object.entries({ ...own, ...edits }).filter((entry): entry is [string, string] => entry[1] !== null);
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The edits that make `wanted` of `own`, and no more: a label that says what the collector says itself needs none. */
export function labelEdits(own: Labels, wanted: Labels): Record<string, string | null> {
  const changed = Object.entries(wanted).filter(([key, value]) => !Object.hasOwn(own, key) || own[key] !== value);
  const removed = Object.keys(own).filter((key) => !Object.hasOwn(wanted, key));
  return Object.fromEntries([...changed, ...removed.map((key) => [key, null] as const)]);
}

const NAME = /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;

/** Kubernetes' rule for a label's key: `[prefix/]name`. Null when it is one, else what is wrong. */
function keyProblem(key: string): string | null {
  const slash = key.indexOf("/");
  const [prefix, name] = slash < 0 ? [null, key] : [key.slice(0, slash), key.slice(slash + 1)];
  if (name.length === 0 || name.length > 63 || !NAME.test(name)) return "must have 1 to 63 letters, digits, - _ or . and begin and end with a letter or digit";
  if (prefix !== null && (prefix.length > 253 || !PREFIX.test(prefix))) return "must have a domain name in front of the /";
  return null;
}

const keySchema = z.string().superRefine((key, issues) => {
  const message = keyProblem(key);
  if (message) issues.addIssue({ code: "custom", message });
});
const valueSchema = z
  .string("must be a text")
  .max(63, "must have at most 63 characters")
  .refine((value) => value === "" || NAME.test(value), "must have letters, digits, - _ or . and begin and end with a letter or digit");

/** Labels as people give them, by Kubernetes' rules. */
export const labelsSchema = z
  .record(keySchema, valueSchema)
  .refine((labels) => Object.keys(labels).length <= LABELS_MAX, `must have at most ${LABELS_MAX} labels`);
