import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DestinationInput } from "./destinationTypes.ts";
import { keepingValues, mergeDestinations } from "./mergeDestinations.ts";

type Otlp = Extract<DestinationInput, { kind: "otlp" }>;
const otlp = (over: Partial<Otlp> = {}): Otlp => ({ kind: "otlp", protocol: "grpc", endpoint: "https://a:4317", compression: "none", headers: [], ...over });

const anyValue = fc.constantFrom(null, "one", "two");
const anyOtlp = fc
  .record({
    endpoint: fc.constantFrom("https://a:4317", "https://b:4317", "https://c:4317"),
    protocol: fc.constantFrom("grpc" as const, "http" as const),
    compression: fc.constantFrom("none" as const, "gzip" as const),
    headers: fc.uniqueArray(fc.record({ name: fc.constantFrom("x-a", "x-b", "x-c"), value: anyValue }), { selector: ({ name }) => name }),
    skips: fc.boolean(),
    caFile: fc.option(fc.constantFrom("/ca.pem", "/other.pem"), { nil: undefined }),
  })
  .map(({ skips, caFile, headers, ...rest }): DestinationInput => {
    const tls = skips || caFile !== undefined ? { tls: { ...(caFile !== undefined && { caFile }), insecureSkipVerify: skips } } : {};
    return { kind: "otlp", ...rest, headers: [...headers].sort((a, b) => (a.name < b.name ? -1 : 1)), ...tls };
  });
const any = fc.oneof<fc.Arbitrary<DestinationInput>[]>(
  anyOtlp,
  fc.constantFrom(1_048_576, 2_000_000).map((bytesMax) => ({ kind: "archive" as const, bytesMax })),
  fc.constant({ kind: "discard" as const }),
);
const sorted = (body: DestinationInput | null) =>
  body?.kind === "otlp" ? { ...body, headers: [...body.headers].sort((a, b) => (a.name < b.name ? -1 : 1)) } : body;

describe("a merge of destinations", () => {
  it("gives the other side where one changed nothing", () => {
    fc.assert(
      fc.property(any, any, (base, changed) => {
        for (const { body, conflicts, problems } of [
          mergeDestinations(base, base, changed),
          mergeDestinations(base, changed, base),
          mergeDestinations(base, changed, changed),
        ]) {
          expect(sorted(body)).toEqual(changed);
          expect([conflicts, problems]).toEqual([[], []]);
        }
      }),
    );
  });

  it("is the same whoever was first, when both choose alike", () => {
    fc.assert(
      fc.property(any, any, any, (base, one, other) => {
        const here = mergeDestinations(base, one, other);
        const there = mergeDestinations(base, other, one, Object.fromEntries(here.conflicts.map(({ id }) => [id, "theirs"])));
        expect(sorted(there.body)).toEqual(sorted(here.body));
        expect(there.conflicts.map(({ id }) => id).sort()).toEqual(here.conflicts.map(({ id }) => id).sort());
      }),
    );
  });

  it("keeps what each changed of different fields, headers by name among them", () => {
    const base = otlp({ headers: [{ name: "x-a", value: null }] });
    const theirs = otlp({
      compression: "gzip",
      headers: [
        { name: "x-a", value: null },
        { name: "x-theirs", value: null },
      ],
    });
    const mine = otlp({ endpoint: "https://b:4317", headers: [{ name: "x-mine", value: "secret" }] });
    expect(mergeDestinations(base, theirs, mine)).toEqual({
      body: otlp({
        endpoint: "https://b:4317",
        compression: "gzip",
        headers: [
          { name: "x-theirs", value: null },
          { name: "x-mine", value: "secret" },
        ],
      }),
      conflicts: [],
      problems: [],
    });
  });

  it("asks which is meant where both changed the same, and shows no value", () => {
    const theirs = otlp({ endpoint: "https://b:4317", headers: [{ name: "x-a", value: null }] });
    const mine = otlp({ endpoint: "https://c:4317", headers: [{ name: "x-a", value: "secret" }] });
    const { conflicts, body } = mergeDestinations(otlp(), theirs, mine);
    expect(conflicts).toEqual([
      { id: "headers.x-a", subject: "Header x-a", base: "not sent", theirs: "sent with the value that is stored", mine: "sent with a new value" },
      { id: "endpoint", subject: "Endpoint", base: "https://a:4317", theirs: "https://b:4317", mine: "https://c:4317" },
    ]);
    expect(body).toEqual(mine);
    expect(JSON.stringify(conflicts)).not.toContain("secret");
    expect(mergeDestinations(otlp(), theirs, mine, { endpoint: "theirs", "headers.x-a": "theirs" }).body).toEqual(theirs);
  });

  it("takes one whole where one went to another kind and the other edited", () => {
    const { conflicts, body } = mergeDestinations(otlp(), { kind: "discard" }, otlp({ compression: "gzip" }));
    expect(conflicts.map(({ id }) => id)).toEqual(["kind"]);
    expect(body).toEqual(otlp({ compression: "gzip" }));
  });

  it("says what does not go together: plain text of one, and TLS of the other", () => {
    const files = { certFile: "/c.pem", keyFile: "/k.pem", insecureSkipVerify: false };
    const { body, problems } = mergeDestinations(otlp({ tls: files }), otlp({ endpoint: "http://a:4317" }), otlp({ tls: files, compression: "gzip" }));
    expect(body).toEqual(otlp({ endpoint: "http://a:4317", compression: "gzip" }));
    expect(problems).toEqual([]);
    const clash = mergeDestinations(otlp(), otlp({ endpoint: "http://a:4317" }), otlp({ tls: files }));
    expect(clash.body).toBeNull();
    expect(clash.problems).toMatchObject([{ path: "tls" }]);
  });
});

it("a saved body keeps its values", () => {
  expect(keepingValues({ ...otlp(), headers: [{ name: "x-a", isSet: true }] })).toEqual(otlp({ headers: [{ name: "x-a", value: null }] }));
});
