import { describe, expect, it } from "vitest";
import { draftFromDestination } from "./destinationDraft.ts";
import { editHeaders } from "./headerEdits.ts";
import { hasSecrets, toDestinationDraft, withoutSecrets } from "./keptDraft.ts";

const start = draftFromDestination({
  kind: "otlp",
  protocol: "grpc",
  endpoint: "http://127.0.0.1:4319",
  compression: "none",
  headers: [
    { name: "x-api-key", isSet: true },
    { name: "x-kept", isSet: true },
  ],
});
const replaced = { ...start, headers: editHeaders(editHeaders(start.headers, { kind: "replace", id: 1 }), { kind: "value", id: 1, value: "s3cret" }) };

describe("a destination's draft as it is kept", () => {
  it("has no header value that was typed, and still keeps the stored ones", () => {
    expect(hasSecrets(start)).toBe(false);
    expect(hasSecrets(replaced)).toBe(true);
    const kept = withoutSecrets(replaced);
    expect(JSON.stringify(kept)).not.toContain("s3cret");
    expect(kept.headers.rows.map(({ value }) => value)).toEqual(["", null]);
    expect(hasSecrets(kept)).toBe(false);
  });

  it("comes back as it was, and is none when it has another form", () => {
    const kept = JSON.parse(JSON.stringify(withoutSecrets(replaced)));
    expect(toDestinationDraft(kept)).toEqual(kept);
    for (const broken of [
      null,
      [],
      "x",
      {},
      { ...kept, kind: "kafka" },
      { ...kept, headers: [] },
      { ...kept, headers: { nextId: 1, rows: [{}] } },
      { ...kept, tls: {} },
    ])
      expect(toDestinationDraft(broken)).toBeNull();
  });
});
