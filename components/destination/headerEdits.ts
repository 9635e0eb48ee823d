/** A header while it is edited. A stored value never comes back from the server: it is kept (`null`) or replaced, and its name stays. */
export type HeaderRow = { id: number; name: string; stored: boolean; value: string | null };
export type HeaderRows = { rows: HeaderRow[]; nextId: number };

export type HeaderEdit =
  | { kind: "add" }
  | { kind: "name"; id: number; name: string }
  | { kind: "value"; id: number; value: string }
  | { kind: "replace"; id: number }
  | { kind: "keep"; id: number }
  | { kind: "remove"; id: number };

export function headerRows(headers: readonly { name: string }[]): HeaderRows {
  return { rows: headers.map((header, index) => ({ id: index + 1, name: header.name, stored: true, value: null })), nextId: headers.length + 1 };
}

export function editHeaders(state: HeaderRows, edit: HeaderEdit): HeaderRows {
  switch (edit.kind) {
    case "add":
      return { rows: [...state.rows, { id: state.nextId, name: "", stored: false, value: "" }], nextId: state.nextId + 1 };
    case "name":
      return withRow(state, edit.id, (row) => (row.stored ? row : { ...row, name: edit.name.toLowerCase() }));
    case "value":
      return withRow(state, edit.id, (row) => ({ ...row, value: edit.value }));
    case "replace":
      return withRow(state, edit.id, (row) => (row.stored ? { ...row, value: "" } : row));
    case "keep":
      return withRow(state, edit.id, (row) => (row.stored ? { ...row, value: null } : row));
    case "remove":
      return { ...state, rows: state.rows.filter((row) => row.id !== edit.id) };
  }
}

/** What the server is sent: `null` keeps the stored value. */
export function headersInput(state: HeaderRows): { name: string; value: string | null }[] {
  return state.rows.map(({ name, value }) => ({ name: name.trim(), value }));
}

/** Two rows of one name would silently become one on the wire. */
export function duplicateHeaders(state: HeaderRows): number[] {
  const seen = new Set<string>();
  return state.rows.flatMap((row) => {
    const name = row.name.trim();
    if (name === "" || !seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [row.id];
  });
}

function withRow(state: HeaderRows, id: number, edit: (row: HeaderRow) => HeaderRow): HeaderRows {
  return { ...state, rows: state.rows.map((row) => (row.id === id ? edit(row) : row)) };
}
