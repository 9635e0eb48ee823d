import fc from "fast-check";
import { SCAN_TOO_DEEP, SCAN_TOO_MANY } from "#collector/otlp/scanTraces.ts";
import { KEPT, tierOfVerdict } from "#collector/otlp/spanTable.ts";
import { type CompiledPolicy, compilePolicy } from "#collector/sample/compilePolicy.ts";
import { createSpanSampler } from "#collector/sample/spanSampler.ts";
import { policies } from "#collector/sample/wireTestData.ts";
import { decide, randomnessOf } from "#domain/sampling/decide.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { rewriteTraceState } from "#domain/sampling/traceState.ts";
import { compareSpans } from "../compareSpans.ts";
import { generateMaybeMutated } from "../generateMaybeMutated.ts";
import { type Reading, readRequest } from "../otlpOracle.ts";
import { pick } from "../random.ts";
import { ensure, type FuzzTarget } from "../target.ts";

export const keepEverything: SamplingPolicy = { scope: "span", tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 1 } }] };
const compiledPolicies = fc.sample(policies, { numRuns: 200, seed: 7 }).map((policy) => compilePolicy(policy));
const everything = compilePolicy(keepEverything);
const sampler = createSpanSampler();

/** Scan, decide and frame in span scope: everything kept, and under some policy. */
export const spanScope: FuzzTarget = {
  name: "span-scope",
  generate: generateMaybeMutated,
  check(input, random) {
    const reading = readRequest(input);
    checkUnder(input, reading, everything);
    checkUnder(input, reading, pick(random, compiledPolicies));
  },
};

function checkUnder(input: Buffer, reading: Reading, compiled: CompiledPolicy): void {
  const found = sampler.sample(input, 0, input.length, compiled);
  ensure(found >= SCAN_TOO_MANY, () => `an unknown code ${found}`);
  if (found < 0) {
    ensure(sampler.result.spans === 0 && sampler.framedSizeMax() === 0, () => "something is left of a refused request");
    ensure(reading.kind !== "good" || found === SCAN_TOO_DEEP, () => `refused with ${found}, though protobufjs reads it`);
    return;
  }
  ensure(reading.kind !== "unreadable", () => "taken, though it is no request");
  ensure(reading.kind !== "partlyBad" || !reading.isUsed || compiled !== everything, () => "kept, though protobufjs refuses a part of it");
  const size = sampler.framedSizeMax();
  const out = Buffer.alloc(size + 8, 0xee);
  ensure(sampler.frame(out, 4) === size + 4, () => "framed to another size than it said");
  ensure(isUntouched(out, size), () => "written outside of its place");
  const sent = readRequest(out.subarray(4, size + 4));
  if (sent.kind !== "good") throw new Error(`protobufjs refuses what was sent on: ${sent.kind}`);
  ensure(sent.spans.length === sampler.result.kept, () => `${sent.spans.length} spans were sent on, ${sampler.result.kept} kept`);
  if (reading.kind !== "good") return;
  ensure(found === reading.spans.length, () => `${found} spans were found, protobufjs reads ${reading.spans.length}`);
  const wanted: string[] = [];
  for (const [index, { facts, textWith }] of reading.spans.entries()) {
    const decision = decide({ spans: [facts] }, compiled.policy, randomnessOf(facts));
    const verdict = sampler.table.verdict[index];
    ensure(tierOfVerdict(verdict) === decision.tierIndex, () => `span ${index} is of tier ${decision.tierIndex}, not ${tierOfVerdict(verdict)}`);
    ensure(((verdict & KEPT) !== 0) === decision.keep, () => `span ${index} should ${decision.keep ? "" : "not "}be kept`);
    if (decision.keep) wanted.push(textWith(rewriteTraceState(facts.traceState, decision.threshold)));
  }
  compareSpans(sent.spans, wanted, "sent on");
}

function isUntouched(out: Buffer, size: number): boolean {
  for (let at = 0; at < 4; at++) if (out[at] !== 0xee || out[size + 4 + at] !== 0xee) return false;
  return true;
}
