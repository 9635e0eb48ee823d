/** `key` tells rows apart while their names are typed. */
export type LabelRow = { key: number; name: string; value: string };

export function labelRows(labels: Readonly<Record<string, string>>): LabelRow[] {
  return Object.entries(labels).map(([name, value], key) => ({ key, name, value }));
}

/** Rows that are empty count for nothing. The rules for names and values are the server's. */
export function readLabels(rows: readonly LabelRow[]): { ok: true; labels: Record<string, string> } | { ok: false; problem: string | null } {
  const used = rows.map(({ name, value }) => ({ name: name.trim(), value: value.trim() })).filter(({ name, value }) => name !== "" || value !== "");
  const nameless = used.find(({ name }) => name === "");
  if (nameless) return { ok: false, problem: `The value ${nameless.value} needs a name.` };
  const twice = used.find(({ name }, index) => used.findIndex((other) => other.name === name) !== index);
  if (twice) return { ok: false, problem: `The label ${twice.name} is there twice.` };
  return { ok: true, labels: Object.fromEntries(used.map(({ name, value }) => [name, value])) };
}
