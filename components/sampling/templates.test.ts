import { describe, expect, it } from "vitest";
import { samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import { parseOrProblems } from "#domain/validation/problems.ts";
import { TRACE_DEFAULTS } from "./draft/traceDraft.ts";
import { TEMPLATES, templateById } from "./templates.ts";

describe("templates", () => {
  it("are policies as they stand", () => {
    for (const { body } of TEMPLATES) expect(parseOrProblems(samplingPolicySchema, body)).toEqual({ ok: true, value: body });
  });

  it("of whole traces wait as long and hold as much as the defaults say", () => {
    expect(templateById("four-tiers-traces")?.body).toMatchObject({ scope: "trace", ...TRACE_DEFAULTS });
  });
});
