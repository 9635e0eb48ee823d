/** A field that differs. `before` or `after` is undefined where there was or is none. */
export type FieldChange = { path: string; before: unknown; after: unknown };

/** Which fields differ from one value to the other, in the order of their paths; a list counts as one field. A value that is no object is the field "". */
export function fieldChanges(before: unknown, after: unknown): FieldChange[] {
  const was = flat(before);
  const is = flat(after);
  const paths = [...new Set([...was.keys(), ...is.keys()])];
  return paths
    .filter((path) => JSON.stringify(was.get(path)) !== JSON.stringify(is.get(path)))
    .map((path) => ({ path, before: was.get(path), after: is.get(path) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function flat(value: unknown, path = "", into = new Map<string, unknown>()): Map<string, unknown> {
  if (value === null || value === undefined) {
    if (path !== "") into.set(path, value);
  } else if (typeof value === "object" && !Array.isArray(value)) {
    for (const [name, item] of Object.entries(value)) flat(item, path === "" ? name : `${path}.${name}`, into);
  } else into.set(path, value);
  return into;
}
