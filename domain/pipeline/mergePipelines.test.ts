import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergePipelines } from "./mergePipelines.ts";
import { type PipelineSettings, pipelineSettingsSchema } from "./pipelineSettings.ts";

const anySettings: fc.Arbitrary<PipelineSettings> = fc
  .record({
    sizeMin: fc.constantFrom(256, 512, 1024),
    sizeMax: fc.constantFrom(512, 8192),
    spansMax: fc.constantFrom(100_000, 200_000, 300_000),
    enabled: fc.boolean(),
  })
  .filter(({ sizeMin, sizeMax }) => sizeMin <= sizeMax)
  .map(({ sizeMin, sizeMax, spansMax, enabled }) => pipelineSettingsSchema.parse({ batch: { sizeMin, sizeMax }, queue: { spansMax }, wal: { enabled } }));

describe("a merge of pipeline settings", () => {
  it("gives the other side where one changed nothing", () => {
    fc.assert(
      fc.property(anySettings, anySettings, (base, changed) => {
        for (const merged of [mergePipelines(base, base, changed), mergePipelines(base, changed, base), mergePipelines(base, changed, changed)])
          expect(merged).toEqual({ body: changed, conflicts: [], problems: [] });
      }),
    );
  });

  it("is the same whoever was first, when both choose alike", () => {
    fc.assert(
      fc.property(anySettings, anySettings, anySettings, (base, one, other) => {
        const here = mergePipelines(base, one, other);
        const there = mergePipelines(base, other, one, Object.fromEntries(here.conflicts.map(({ id }) => [id, "theirs"])));
        expect(there.body).toEqual(here.body);
        expect(there.conflicts.map(({ id }) => id)).toEqual(here.conflicts.map(({ id }) => id));
      }),
    );
  });

  it("says of a field that both changed what it was, and takes what was chosen", () => {
    const of = (spansMax: number) => pipelineSettingsSchema.parse({ queue: { spansMax } });
    const parts = [of(200_000), of(300_000), of(400_000)] as const;
    const { conflicts, body: settings } = mergePipelines(...parts);
    expect(conflicts).toMatchObject([{ id: "queue.spansMax", base: "200,000 spans", theirs: "300,000 spans", mine: "400,000 spans" }]);
    expect(settings).toEqual(parts[2]);
    expect(mergePipelines(...parts, { "queue.spansMax": "theirs" }).body).toEqual(parts[1]);
  });

  it("takes a list as a whole, and says how long each side's is", () => {
    const of = (...redact: string[]) => pipelineSettingsSchema.parse({ recording: { redact } });
    expect(mergePipelines(of("a"), of("a"), of("a", "b")).body).toEqual(of("a", "b"));
    const { conflicts } = mergePipelines(of("a"), of("b"), of("a", "b"));
    expect(conflicts).toMatchObject([{ id: "recording.redact", base: "1 key", theirs: "1 key", mine: "2 keys" }]);
  });

  it("says which fields don't go together when each side changed one of two that depend on each other", () => {
    const of = (sizeMin: number, sizeMax: number) => pipelineSettingsSchema.parse({ batch: { sizeMin, sizeMax } });
    const { body: settings, problems } = mergePipelines(of(512, 8192), of(512, 1024), of(4096, 8192));
    expect(settings).toBeNull();
    expect(problems.map(({ path }) => path)).toEqual(["batch.sizeMin"]);
  });
});
