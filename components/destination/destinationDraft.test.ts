import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sizeBytes, sizeOfBytes } from "./archiveSize.ts";
import { describeDestination, describeDestinationChange } from "./describeDestinationChange.ts";
import { destinationInput, destinationProblems, draftFromDestination, shownDestination } from "./destinationDraft.ts";
import type { DestinationBody } from "./destinationTypes.ts";
import { editHeaders } from "./headerEdits.ts";

const OTLP: DestinationBody = {
  kind: "otlp",
  protocol: "grpc",
  endpoint: "http://127.0.0.1:4319",
  compression: "gzip",
  headers: [{ name: "x-api-key", isSet: true }],
};

describe("a destination's draft", () => {
  it("sends back what it was made from, and keeps the stored header", () => {
    expect(destinationInput(draftFromDestination(OTLP))).toEqual({ ...OTLP, headers: [{ name: "x-api-key", value: null }] });
    expect(destinationInput(draftFromDestination({ kind: "archive", bytesMax: 10_000_000_000 }))).toEqual({ kind: "archive", bytesMax: 10_000_000_000 });
    expect(destinationInput(draftFromDestination({ kind: "discard" }))).toEqual({ kind: "discard" });
  });

  it("finds a wrong endpoint, size and header at their fields", () => {
    const draft = draftFromDestination(OTLP);
    expect(destinationProblems(draft)).toEqual([]);
    expect(destinationProblems({ ...draft, endpoint: "backend:4317" }).map((problem) => problem.path)).toEqual(["endpoint"]);
    expect(destinationProblems({ ...draft, kind: "archive", size: { text: "0.5", unit: "MB" } }).map((problem) => problem.path)).toEqual(["bytesMax"]);
    expect(destinationProblems({ ...draft, kind: "archive", size: { text: "ten", unit: "GB" } })).toEqual([
      { path: "bytesMax", message: "must be a number of GB" },
    ]);
    const added = editHeaders(draft.headers, { kind: "add" });
    expect(destinationProblems({ ...draft, headers: added })).toEqual([{ path: "headers[1].name", message: "must not be empty" }]);
    const reserved = editHeaders(added, { kind: "name", id: 2, name: "content-type" });
    expect(destinationProblems({ ...draft, headers: reserved })[0].path).toBe("headers[1].name");
    const twice = editHeaders(added, { kind: "name", id: 2, name: "x-api-key" });
    expect(destinationProblems({ ...draft, headers: twice })).toEqual([{ path: "headers[1].name", message: "is there twice" }]);
    const badValue = editHeaders(editHeaders(added, { kind: "name", id: 2, name: "x-team" }), { kind: "value", id: 2, value: "süß" });
    expect(destinationProblems({ ...draft, headers: badValue })[0].path).toBe("headers[1].value");
  });

  it("keeps how TLS is spoken, sends it for https:// alone, and finds what is wrong in it", () => {
    const tls = { caFile: "/etc/ca.crt", serverName: "otlp.example.com", insecureSkipVerify: false };
    const draft = draftFromDestination({ ...OTLP, endpoint: "https://otlp:4317", tls });
    expect(destinationInput(draft)).toMatchObject({ tls });
    expect(destinationInput({ ...draft, endpoint: "http://otlp:4317" })).not.toHaveProperty("tls");
    expect(destinationProblems(draft)).toEqual([]);
    expect(destinationProblems({ ...draft, tls: { ...draft.tls, certFile: "/etc/own.crt" } })).toEqual([
      { path: "tls.keyFile", message: "a certificate and its key go together: give both files or neither" },
    ]);
    expect(destinationProblems({ ...draft, tls: { ...draft.tls, serverName: "no name" } })).toMatchObject([{ path: "tls.serverName" }]);
    expect(
      describeDestinationChange(
        { ...OTLP, endpoint: "https://otlp:4317", tls },
        destinationInput({ ...draft, tls: { ...draft.tls, caFile: "", insecureSkipVerify: true } }),
      ),
    ).toEqual(["CA file: /etc/ca.crt → none.", "The backend's certificate is no longer verified."]);
  });

  it("never shows a header's value", () => {
    const replaced = editHeaders(draftFromDestination(OTLP).headers, { kind: "value", id: 1, value: "secret" });
    const shown = JSON.stringify(shownDestination(destinationInput({ ...draftFromDestination(OTLP), headers: replaced })));
    expect(shown).not.toContain("secret");
    expect(shown).toContain("new value, hidden");
  });
});

describe("what changed in a destination", () => {
  it("is said field by field", () => {
    const draft = draftFromDestination(OTLP);
    const replaced = editHeaders(editHeaders(draft.headers, { kind: "value", id: 1, value: "new" }), { kind: "add" });
    const named = editHeaders(replaced, { kind: "name", id: 2, name: "x-team" });
    expect(describeDestinationChange(OTLP, destinationInput({ ...draft, endpoint: "https://other:4317", compression: "none", headers: named }))).toEqual([
      "Endpoint: http://127.0.0.1:4319 → https://other:4317.",
      "Compression: gzip → none.",
      "Header x-api-key gets a new value.",
      "Header x-team is added.",
    ]);
    expect(describeDestinationChange(OTLP, destinationInput(draft))).toEqual([]);
    expect(describeDestinationChange(OTLP, { ...OTLP, headers: [] })).toEqual(["Header x-api-key is removed."]);
  });

  it("names both when the kind changes", () => {
    expect(describeDestinationChange({ kind: "discard" }, OTLP)[0]).toBe(
      `Goes to: ${describeDestination(OTLP)}. Before: ${describeDestination({ kind: "discard" })}.`,
    );
  });
});

describe("an archive's size", () => {
  it("comes back to the byte", () => {
    fc.assert(fc.property(fc.integer({ min: 1_048_576, max: 1e15 }), (bytes) => sizeBytes(sizeOfBytes(bytes)) === bytes));
    expect(sizeOfBytes(10_000_000_000)).toEqual({ text: "10", unit: "GB" });
  });
});
