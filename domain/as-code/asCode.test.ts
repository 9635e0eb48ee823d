import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exportSettingsSchema } from "../pipeline/exportSettings.ts";
import { pipelineSettingsSchema } from "../pipeline/pipelineSettings.ts";
import { samplingPolicySchema } from "../sampling/samplingPolicy.ts";
import { type CodeFile, type DocumentFile, parseCodeFile } from "./codeFile.ts";
import { fileNameOf } from "./fileNameOf.ts";
import { formatCodeFile } from "./formatCodeFile.ts";
import { formatLock, lockEntry, lockKey, NOTHING_LOCKED, parseLock, type ServerLock } from "./lockFile.ts";
import { MemoryServer } from "./memoryServerTestData.ts";
import { type FolderFile, planChanges } from "./planChanges.ts";
import { planExport } from "./planExport.ts";

const name = fc
  .oneof(fc.constantFrom("checkout", "Checkout", "check out", "über", "- 0x1", "yes", "null", "a: b # c", "🚀"), fc.string({ minLength: 1, maxLength: 80 }))
  .map((text) => text.replaceAll("\0", "").trim())
  .filter((text) => text !== "" && text.isWellFormed());
const text = fc
  .oneof(fc.constantFrom("on", "~", "1e3", "&a", "*a", "<<", "2026-01-01", "  x", "a\nb", "'", '"'), fc.string({ minLength: 1, maxLength: 20 }))
  .filter((one) => one !== "" && one.isWellFormed() && !one.includes("\0"));
const ratio = fc.double({ min: 0, max: 1, noNaN: true });
const condition = fc.oneof(
  fc.record({ kind: fc.constant("latency" as const), aboveMs: fc.integer({ min: 0, max: 10_000 }) }),
  fc.record({ kind: fc.constant("service" as const), match: fc.constant("exact" as const), values: fc.array(text, { minLength: 1, maxLength: 3 }) }),
  fc.record({
    kind: fc.constant("attribute" as const),
    key: text,
    in: fc.constant("span" as const),
    op: fc.constant("equals" as const),
    value: fc.oneof(text, fc.boolean(), fc.integer()),
  }),
);
const policyBody = fc
  .record({
    scope: fc.constantFrom("span", "trace"),
    tiers: fc.uniqueArray(
      fc.record({
        name: text.map((one) => one.trim()).filter((one) => one !== "" && one !== "default"),
        condition,
        keep: fc.record({ kind: fc.constant("ratio"), ratio }),
      }),
      { maxLength: 4, selector: (tier) => tier.name },
    ),
  })
  .map(({ scope, tiers }) =>
    samplingPolicySchema.parse({ scope, tiers: [...tiers, { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0.1 } }] }),
  );
const pipelineBody = fc
  .record({ sizeMax: fc.integer({ min: 600, max: 10_000 }), timeoutMs: fc.integer({ min: 1, max: 5_000 }) })
  .map((batch) => pipelineSettingsSchema.parse({ batch }));
const destinationBody = fc.oneof(
  fc.constant(exportSettingsSchema.parse({ kind: "discard" })),
  fc
    .record({ port: fc.integer({ min: 1, max: 65_535 }), headers: fc.uniqueArray(fc.constantFrom("x-api-key", "authorization", "x-scope-orgid")) })
    .map(({ port, headers }) =>
      exportSettingsSchema.parse({
        endpoint: `http://127.0.0.1:${port}`,
        headers: Object.fromEntries(headers.map((header, index) => [header, `Bearer \${env:SECRET_${index}}`])),
      }),
    ),
);
const document: fc.Arbitrary<DocumentFile> = fc.oneof(
  fc.record({ kind: fc.constant("policy" as const), name, body: policyBody }),
  fc.record({ kind: fc.constant("pipeline" as const), name, body: pipelineBody }),
  fc.record({ kind: fc.constant("destination" as const), name, body: destinationBody }),
);
const documents = fc.uniqueArray(document, { maxLength: 5, selector: ({ kind, name }) => lockKey(kind, name) });
const environment = { SECRET_0: "zero", SECRET_1: "one", SECRET_2: "two" };

const inFolder = (files: readonly CodeFile[]): FolderFile[] => files.map((file) => ({ path: fileNameOf(file), file }));
const planOf = (
  server: MemoryServer,
  files: readonly FolderFile[],
  more: { locked?: ServerLock; prune?: boolean; setSecrets?: boolean; environment?: Record<string, string> } = {},
) => planChanges({ files, server: server.state(), locked: NOTHING_LOCKED, environment, prune: false, setSecrets: false, ...more });

/** What a folder has after an export into it; each text is read back. */
function exported(
  server: MemoryServer,
  before: readonly FolderFile[] = [],
  locked = NOTHING_LOCKED,
): { files: FolderFile[]; texts: Record<string, string>; locked: ServerLock } {
  const plan = planExport(server.state(), before, locked);
  const files = new Map(before.map((one) => [one.path, one.file]));
  const texts: Record<string, string> = {};
  for (const { path, text } of plan.writes) {
    if (text === null) files.delete(path);
    else files.set(path, read(text));
    if (text !== null) texts[path] = text;
  }
  return { files: [...files].map(([path, file]) => ({ path, file })), texts, locked: plan.locked };
}

function read(text: string): CodeFile {
  const parsed = parseCodeFile(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.file;
}

describe("documents as files", () => {
  it("are read back as they were written, whatever is in them", () =>
    fc.assert(
      fc.property(document, (file) => {
        expect(read(formatCodeFile(file))).toEqual(file);
      }),
    ));

  it("have names that no two of them share, also where case makes no difference", () =>
    fc.assert(
      fc.property(documents, (files) => {
        const paths = files.map((file) => fileNameOf(file).toLowerCase());
        expect(new Set(paths).size).toBe(files.length);
        for (const path of paths) expect(path).toMatch(/^(policies|pipelines|destinations)\/[a-z0-9][a-z0-9_-]*\.yaml$/);
      }),
    ));

  it("exported, leave nothing to do, and applied elsewhere make that server the same", () =>
    fc.assert(
      fc.property(documents, fc.nat(4), (made, pick) => {
        const one = new MemoryServer();
        one.do(planOf(one, inFolder(made)).steps);
        const chosen = made[pick];
        if (chosen) one.run(chosen.kind, one.find(chosen.kind, chosen.name).id, 1);
        const folder = exported(one);
        expect(planOf(one, folder.files, { locked: folder.locked }).steps).toEqual([]);
        const other = new MemoryServer();
        // References are new ones: the server knows no variables.
        const known = exported(one, inFolder(made));
        const plan = planOf(other, known.files);
        expect(plan.problems).toEqual([]);
        other.do(plan.steps);
        expect(planOf(other, known.files).steps).toEqual([]);
        expect(exported(other).texts).toEqual(folder.texts);
        for (const file of made) expect(other.find(file.kind, file.name).values).toEqual(one.find(file.kind, file.name).values);
      }),
      { numRuns: 20 },
    ));
});

const policy = (ratio: number): DocumentFile => ({
  kind: "policy",
  name: "checkout",
  body: samplingPolicySchema.parse({ tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio } }] }),
});
const backend = (more: object = {}): DocumentFile => ({
  kind: "destination",
  name: "backend",
  body: exportSettingsSchema.parse({ endpoint: "https://backend.example", headers: { "x-api-key": `\${env:SECRET_0}` }, ...more }),
});

describe("a plan", () => {
  it("says what changes, in sentences, and what runs where", () => {
    const server = new MemoryServer();
    server.do(planOf(server, inFolder([policy(0.5)])).steps);
    const plan = planOf(server, inFolder([policy(0.25), { kind: "running", runs: { policy: "checkout" } }]));
    expect(plan.steps).toMatchObject([
      { action: "change", baseVersion: 1, sentences: ["default: keep 50% → 25%"] },
      { action: "apply", version: null, sentences: ["collectors: keep everything v1 → checkout, the version that this saves", "default: keep 100% → 25%"] },
    ]);
    expect(plan.leftAlone.map(({ name }) => name)).toEqual(["local archive", "defaults", "keep everything"]);
  });

  it("knows what was changed on the server since, and what was changed on both sides", () => {
    const server = new MemoryServer();
    server.do(planOf(server, inFolder([policy(0.5)])).steps);
    const { files, locked } = exported(server);
    server.save(server.find("policy", "checkout").id, 1, policy(0.1));
    expect(planOf(server, files, { locked }).drift).toEqual([
      {
        path: "policies/checkout.yaml",
        sentences: ["Somebody saved version 2 on the server, and the file is still version 1; the server has:", "default: keep 50% → 10%"],
      },
    ]);
    const edited = files.map((one) => (one.path === "policies/checkout.yaml" ? { ...one, file: policy(0.2) } : one));
    expect(planOf(server, edited, { locked }).drift[0].sentences).toEqual(["Somebody saved version 2 on the server, and the file was changed from version 1"]);
    expect(planExport(server.state(), edited, locked).changedHere).toEqual(["policies/checkout.yaml"]);
    const same = files.map((one) => (one.path === "policies/checkout.yaml" ? { ...one, file: policy(0.1) } : one));
    expect(planOf(server, same, { locked })).toMatchObject({ drift: [], steps: [] });
    server.run("policy", server.find("policy", "checkout").id, 2);
    expect(planOf(server, files, { locked }).drift.map(({ path }) => path)).toEqual(["policies/checkout.yaml", "running.yaml"]);
  });

  it("keeps a secret without needing it, and needs it where it would go to another place", () => {
    const server = new MemoryServer();
    expect(planOf(server, inFolder([backend()]), { environment: {} }).problems).toEqual([
      { file: "destinations/backend.yaml", path: "body.headers.x-api-key", message: "the variable SECRET_0 is not set, and the server has no value to keep" },
    ]);
    server.do(planOf(server, inFolder([backend()])).steps);
    const changed = planOf(server, inFolder([backend({ compression: "gzip" })]), { environment: {} });
    expect(changed).toMatchObject({ problems: [], steps: [{ headers: [{ name: "x-api-key", value: null }], sentences: ["compression: none → gzip"] }] });
    expect(planOf(server, inFolder([backend({ endpoint: "https://elsewhere.example" })]), { environment: {} }).problems).toHaveLength(1);
    expect(planOf(server, inFolder([backend({ tls: { insecureSkipVerify: true } })]), { environment: {} }).problems).toHaveLength(1);
    const anew = planOf(server, inFolder([backend()]), { setSecrets: true, environment: { SECRET_0: "rotated" } });
    expect(anew.steps).toMatchObject([{ sentences: ["header x-api-key: set"], headers: [{ value: "rotated" }] }]);
    server.do(anew.steps);
    expect(server.find("destination", "backend").values).toEqual({ "x-api-key": "rotated" });
  });

  it("archives what the folder has not only when told to, brings back what is archived, and never archives what runs", () => {
    const server = new MemoryServer();
    server.do(planOf(server, inFolder([policy(0.5), backend()])).steps);
    const without = inFolder([backend()]);
    expect(planOf(server, without)).toMatchObject({ steps: [], leftAlone: [{}, {}, { name: "checkout" }, {}] });
    const pruned = planOf(server, without, { prune: true });
    expect(pruned.steps).toMatchObject([{ action: "archive", name: "checkout" }]);
    expect(pruned.problems.map(({ file }) => file)).toEqual(expect.arrayContaining([expect.stringContaining("policies/keep-everything")]));
    const documents = server.state().documents.map((one) => (one.name === "checkout" ? { ...one, runsElsewhere: ["canaries"] } : one));
    const elsewhere = { ...server.state(), documents };
    const kept = planChanges({ files: without, server: elsewhere, locked: NOTHING_LOCKED, environment, prune: true, setSecrets: false });
    expect(kept.problems.map(({ message }) => message)).toContain("the policy checkout can't be archived: it runs in canaries; apply another one there first");
    server.do(pruned.steps);
    const back = planOf(server, inFolder([policy(0.5), backend()]));
    expect(back.steps).toMatchObject([{ action: "change", restore: true, sentences: ["restored from the archive"] }]);
  });

  it("is kept from being applied by what collectors would refuse together, by names that are nowhere, and by documents that are there twice", () => {
    const server = new MemoryServer();
    const small: DocumentFile = { kind: "policy", name: "small", body: samplingPolicySchema.parse({ scope: "trace", bytesMax: 33_554_432 }) };
    const large: DocumentFile = { kind: "pipeline", name: "large", body: pipelineSettingsSchema.parse({ receive: { requestBytesMax: 33_554_432 } }) };
    const running: CodeFile = { kind: "running", runs: { policy: "small", pipeline: "large", destination: "nowhere" } };
    const { problems } = planOf(server, [...inFolder([small, large, running]), { path: "z.yaml", file: small }]);
    expect(problems).toEqual(
      expect.arrayContaining([
        { file: "z.yaml", path: "name", message: 'the policy "small" is in policies/small.yaml already' },
        { file: "running.yaml", path: "runs.destination", message: 'there is no destination "nowhere", neither here nor on the server' },
      ]),
    );
    const together = planOf(server, inFolder([small, large, { kind: "running", runs: { policy: "small", pipeline: "large" } }]));
    expect(together.problems).toMatchObject([{ file: "running.yaml", message: expect.stringContaining("sampling.bytesMax: must be at least 67108864") }]);
  });
});

describe("an export", () => {
  it("touches no file that says the same, keeps its references, and removes what is gone from the server", () => {
    const server = new MemoryServer();
    const own = { path: "ours/backend.yaml", file: backend() };
    server.do(planOf(server, [own, ...inFolder([policy(0.5)])]).steps);
    const first = exported(server, [own]);
    expect(Object.keys(first.texts)).not.toContain("ours/backend.yaml");
    expect(planExport(server.state(), first.files, first.locked).writes).toEqual([]);
    server.do([{ action: "archive", kind: "policy", name: "checkout", id: server.find("policy", "checkout").id, sentences: [] }]);
    const second = planExport(server.state(), first.files, first.locked);
    expect(second.writes).toMatchObject([{ path: "policies/checkout.yaml", text: null }]);
    const edited = first.files.map((one) => (one.path === "policies/checkout.yaml" ? { ...one, file: policy(0.3) } : one));
    expect(planExport(server.state(), edited, first.locked)).toMatchObject({ writes: [], notes: [expect.stringContaining("policies/checkout.yaml")] });
  });

  it("leaves out of what runs a document of which an older version runs", () => {
    const server = new MemoryServer();
    server.do(planOf(server, inFolder([policy(0.5), { kind: "running", runs: { policy: "checkout" } }])).steps);
    server.save(server.find("policy", "checkout").id, 1, policy(0.1));
    const { files, texts } = exported(server);
    expect(files.find(({ path }) => path === "running.yaml")?.file).toEqual({ kind: "running", runs: { pipeline: "defaults", destination: "local archive" } });
    expect(texts["running.yaml"]).toContain("# policy: left out, because checkout v1 runs and not its newest, v2");
    expect(planOf(server, files).steps).toEqual([]);
  });
});

describe("a file that can't be taken", () => {
  it.each([
    [
      "kind: policy\nname: x\nbody:\n  tiers:\n    - name: a\n      condition: { kind: always }\n      keep: { kind: ratio, ratio: 50 }\n",
      "body.tiers[0].keep.ratio",
      7,
    ],
    ["kind: recipe\n", "kind", 1],
    ["kind: policy\nname: x\nbody: {}\nmore: 1\n", "more", 4],
    ["kind: destination\nname: x\nbody: { endpoint: 'http://a', headers: { x-api-key: hush } }\n", "body.headers.x-api-key", 3],
    ['kind: policy\nname: "a\\0b"\nbody: {}\n', "name", 2],
  ])("says where: %j", (text, path, line) => {
    const parsed = parseCodeFile(text);
    expect(parsed).toMatchObject({ ok: false, problems: [{ path, line }] });
    expect(JSON.stringify(parsed)).not.toContain("hush");
  });

  it.each([
    [
      "a bomb of aliases",
      `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefgh"
        .split("")
        .map((key, at) => `${key}: &${key} [${`*${"abcdefgh"[at]},`.repeat(9)}]`)
        .join("\n")}\n`,
    ],
    ["ten megabytes", `kind: policy\nname: "${"x".repeat(10_000_000)}"\n`],
    ["brackets without end", "[".repeat(100_000)],
    ["nothing", ""],
    ["two documents", "kind: policy\n---\nkind: policy\n"],
  ])("is refused and never hangs: %s", (_, text) => expect(parseCodeFile(text).ok).toBe(false));

  it("never throws, whatever it is", () =>
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(typeof parseCodeFile(text).ok).toBe("boolean");
      }),
    ));
});

describe("the lock", () => {
  it("is read back as it was written, in one order", () => {
    const entry = lockEntry(policy(0.5), 3);
    const lock = { servers: { "http://b": { documents: { "policy/z": entry, "policy/a": entry }, running: null }, "http://a": NOTHING_LOCKED } };
    const text = formatLock(lock);
    expect(parseLock(text)).toEqual({ ok: true, value: lock });
    expect(text.indexOf("http://a")).toBeLessThan(text.indexOf("http://b"));
    expect(text.indexOf("policy/a")).toBeLessThan(text.indexOf("policy/z"));
    expect(parseLock("{")).toMatchObject({ ok: false });
    expect(parseLock('{"servers":{"x":{"documents":{"y":{"version":0}}}}}')).toMatchObject({ ok: false });
  });
});
