import { stringify } from "yaml";

/** A document as YAML, the way it is shown. Written here because the package takes a quarter of a second for a policy of a thousand tiers; texts that need more than no quotes are left to it. */
export function writeYaml(value: unknown): string {
  const lines: string[] = [];
  const texts = new Map<string, string>();
  try {
    writeNode(value, "", "", { lines, texts });
  } catch (error) {
    if (error instanceof NotPlain) return byPackage(value);
    throw error;
  }
  return `${lines.join("\n")}\n`;
}

const byPackage = (value: unknown) => stringify(value, { lineWidth: 0, flowCollectionPadding: true });

/** Something that only the package should write. */
class NotPlain extends Error {}

type Out = { lines: string[] /** Of scalars, how they are written. */; texts: Map<string, string> };

/** Plain in YAML whatever stands around it, and nothing else than a text. */
const SAFE = /^[A-Za-z_/][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*$/;
const WORDS = /^(?:true|false|null)$/i;

/** `head` stands before the first line's content ("key: ", "- "), and belongs to what is indented by `indent`. */
function writeNode(value: unknown, head: string, indent: string, out: Out): void {
  if (Array.isArray(value)) return value.length === 0 ? push(`${head}[]`, out) : writeList(value, head, indent, out);
  if (isPlainObject(value)) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return entries.length === 0 ? push(`${head}{}`, out) : writeMap(entries, head, indent, out);
  }
  push(`${head}${scalar(value, out)}`, out);
}

function writeMap(entries: readonly (readonly [string, unknown])[], head: string, indent: string, out: Out): void {
  let lead = startsOwnLine(head, out) ? indent : head;
  for (const [key, item] of entries) {
    writeNode(item, `${lead}${keyText(key)}: `, `${indent}  `, out);
    lead = indent;
  }
}

function writeList(items: readonly unknown[], head: string, indent: string, out: Out): void {
  let lead = startsOwnLine(head, out) ? indent : head;
  for (const item of items) {
    writeNode(item ?? null, `${lead}- `, `${indent}  `, out);
    lead = indent;
  }
}

/** A collection under a key begins on the next line; one in a list stands beside its dash. */
function startsOwnLine(head: string, out: Out): boolean {
  if (!head.endsWith(": ")) return head === "";
  push(head.slice(0, -1), out);
  return true;
}

function keyText(key: string): string {
  if (!SAFE.test(key) || WORDS.test(key) || key.length > 200) throw new NotPlain();
  return key;
}

function scalar(value: unknown, { texts }: Out): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number" && Number.isFinite(value) && !Object.is(value, -0)) return String(value);
  if (typeof value !== "string" || value.includes("\n")) throw new NotPlain();
  if (SAFE.test(value) && !WORDS.test(value)) return value;
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = byPackage([value]).slice(2, -1);
  if (text.includes("\n")) throw new NotPlain();
  texts.set(value, text);
  return text;
}

function isPlainObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

function push(line: string, { lines }: Out): void {
  lines.push(line);
}
