import { type Document, isAlias, isCollection, isMap, isNode, isPair, isScalar, parseDocument } from "yaml";

type Path = readonly PropertyKey[];

/** A change of what stands at a path; `set` also adds what is not there, within what is. */
export type YamlEdit = { kind: "remove"; path: Path } | { kind: "rename"; path: Path; to: string } | { kind: "set"; path: Path; value: unknown };

/** What puts a finding right at one click. `changes` says what becomes of decisions; null: the Collector does as before. */
export type YamlMend = { label: string; changes: string | null; edits: YamlEdit[] };

/**
 * `text` with the edits; comments stay, and so does how everything is written but the policy that they are in. Undefined where they can't be made: in what is no
 * YAML, or behind an alias, where they would change what stands elsewhere.
 */
export function editYaml(text: string, edits: readonly YamlEdit[]): string | undefined {
  const document = parse(text);
  if (document === undefined || !edits.every(({ path }) => isWritten(document, path.slice(0, -1)))) return undefined;
  const within = policyOf(edits);
  const edited = (within && editWithin(text, document, within, edits)) ?? written(apply(document, edits), text);
  return edited !== undefined && parse(edited) !== undefined ? edited : undefined;
}

/** Whether `path` leads there through the text itself, and through no alias or merge. */
export function isWritten(document: Document, path: Path): boolean {
  for (let length = 0; length <= path.length; length++) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (!isNode(node) || isAlias(node)) return false;
  }
  return true;
}

function parse(text: string): Document | undefined {
  const document = parseDocument(text, { merge: true, prettyErrors: false, uniqueKeys: false });
  return document.errors.length === 0 ? document : undefined;
}

/** The policy that all edits are in. */
function policyOf(edits: readonly YamlEdit[]): Path | undefined {
  const [first] = edits;
  const at = first?.path.findIndex((key, index) => key === "policies" && typeof first.path[index + 1] === "number") ?? -1;
  if (first === undefined || at === -1) return undefined;
  const policy = first.path.slice(0, at + 2);
  const isIn = ({ kind, path }: YamlEdit) => policy.every((key, index) => path[index] === key) && (path.length > policy.length || kind === "set");
  return edits.every(isIn) ? policy : undefined;
}

/** Writes only what stands at `within` anew. */
function editWithin(text: string, document: Document, within: Path, edits: readonly YamlEdit[]): string | undefined {
  const node = document.getIn(within, true);
  if (!isNode(node) || !node.range) return undefined;
  const [start, end] = node.range;
  const column = start - (text.lastIndexOf("\n", start - 1) + 1);
  const lines = text.slice(start, end).trimEnd().split("\n");
  const part = parse(lines.map((line, index) => (index === 0 ? line : line.replace(new RegExp(`^ {0,${column}}`), ""))).join("\n"));
  if (part === undefined) return undefined;
  const relative = edits.map((edit) => ({ ...edit, path: edit.path.slice(within.length) }));
  const anew = written(apply(part, relative), text)?.trimEnd().split("\n");
  const indented = anew?.map((line, index) => (index === 0 || line === "" ? line : " ".repeat(column) + line)).join("\n");
  if (indented === undefined) return undefined;
  return text.slice(0, start) + indented + text.slice(start + lines.join("\n").length);
}

/** Undefined where an alias stands without what it refers to, as in a part of a text or after that was removed. */
function written(document: Document | undefined, text: string): string | undefined {
  try {
    return document?.toString({ lineWidth: 0, indentSeq: indentsLists(text) });
  } catch {
    return undefined;
  }
}

function apply(document: Document, edits: readonly YamlEdit[]): Document | undefined {
  for (const edit of edits) {
    if (edit.kind === "set") {
      const before = document.getIn(edit.path, true);
      const node = document.createNode(edit.value);
      if (isScalar(before)) node.comment = before.comment;
      // Within brackets only brackets may stand.
      if (isCollection(before) && isCollection(node)) node.flow = before.flow;
      if (edit.path.length === 0) document.contents = node;
      else document.setIn(edit.path, node);
    } else if (edit.kind === "remove") {
      if (!document.deleteIn(edit.path)) return undefined;
    } else {
      const parent = edit.path.length === 1 ? document.contents : document.getIn(edit.path.slice(0, -1), true);
      const pair = isMap(parent) ? parent.items.find(({ key }) => (isScalar(key) ? key.value : key) === edit.path.at(-1)) : undefined;
      if (!isPair(pair)) return undefined;
      pair.key = document.createNode(edit.to);
    }
  }
  return document;
}

/** Whether lists are written further in than the key they belong to. */
function indentsLists(text: string): boolean {
  return !/^( *)(?:- )?[^\s#-][^\n]*:[ \t]*\n\1- /m.test(text);
}
