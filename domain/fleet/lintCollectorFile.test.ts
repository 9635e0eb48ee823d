import { describe, expect, it } from "vitest";
import { parseCollectorFile } from "./collectorFile.ts";
import { lintCollectorFile } from "./lintCollectorFile.ts";

function found(input: object, spansPerS?: number) {
  const parsed = parseCollectorFile(input);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return lintCollectorFile(parsed.value, spansPerS === undefined ? undefined : { spansPerS, spanBytes: 430 });
}
const paths = (input: object, spansPerS?: number) => found(input, spansPerS).map(({ severity, path }) => `${severity} ${path}`);
const tiers = [
  { name: "errors", condition: { kind: "status", is: "error" }, keep: { kind: "ratio", ratio: 1 } },
  { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0.01 } },
];

describe("lintCollectorFile", () => {
  it("finds nothing in the defaults", () => {
    expect(found({})).toEqual([]);
  });

  it("finds what lets others read along: headers and tokens in plain text, certificates that nobody checks", () => {
    const headers = { "x-api-key": "secret" };
    const found_ = paths({
      export: { endpoint: "http://backend.example.com:4317", headers },
      sampling: { tiers },
      routes: [{ name: "on-call", tiers: ["errors"], export: { kind: "otlp", endpoint: "https://backend:4317", headers, tls: { insecureSkipVerify: true } } }],
      receivers: { auth: { bearerTokens: [{ name: "team", tokenFile: "/t" }] } },
    });
    expect(found_).toEqual(["warning export.headers", "warning routes[0].export.tls.insecureSkipVerify", "info receivers.auth"]);
    expect(paths({ export: { endpoint: "http://127.0.0.1:4317", headers } })).toEqual([]);
    expect(paths({ export: { endpoint: "https://backend:4317", headers } })).toEqual([]);
  });

  it("finds a queue that holds less than twice the peak, and says how large it should be", () => {
    const small = { sampling: { tiers }, pipeline: { queue: { spansMax: 10_000 }, batch: { growWhenQueueAbove: 5000 } } };
    expect(paths(small)).toEqual([]);
    expect(found(small, 50_000)).toEqual([
      {
        severity: "warning",
        path: "pipeline.queue.spansMax",
        message: "holds 0.2 s of the peak of 50,000 kept spans/s of one collector; 2 to 3 s are needed",
        mend: "set pipeline.queue.spansMax to 150000",
      },
    ]);
  });

  it("takes the tier that keeps most for the peak, and a budget for what it lets through", () => {
    const budget = [{ ...tiers[0], keep: { kind: "budget", spansPerSecond: 2000 } }, tiers[1]];
    expect(paths({ sampling: { tiers: budget }, pipeline: { queue: { spansMax: 12_000 }, batch: { growWhenQueueAbove: 5000 } } }, 50_000)).toEqual([]);
  });

  it("finds a batch that is larger than the queue", () => {
    expect(paths({ pipeline: { batch: { sizeMax: 8192 }, queue: { spansMax: 4000 } } })).toContain("warning pipeline.batch.sizeMax");
  });

  it("finds a decision wait that what may wait does not hold, with the bound that is met first", () => {
    const trace = (rest: object) => ({
      sampling: { scope: "trace", tiers, ...rest },
      pipeline: { memory: { limitBytes: 4_294_967_296 }, queue: { spansMax: 1_000_000, bytesMax: 1_073_741_824 } },
    });
    // 500,000 spans are 5 s of 100,000/s: enough after the root, not for traces that have none.
    expect(paths(trace({ bytesMax: 1_073_741_824 }), 100_000)).toEqual(["info sampling.spansMax"]);
    expect(paths(trace({ spansMax: 2_000_000 }), 100_000)).toEqual(["info sampling.bytesMax"]);
    const [finding] = found(trace({ spansMax: 100_000, bytesMax: 1_073_741_824 }), 100_000);
    expect(finding).toMatchObject({ severity: "warning", path: "sampling.spansMax" });
    expect(finding.message).toBe("100,000 spans hold 1.0 s of 100,000 spans/s, traces wait 2.0 s: they are decided early, without the spans that come later");
    expect(finding.mend).toContain("set sampling.spansMax to 200000");
    // What is proposed is enough.
    const enough = trace({ spansMax: 1_000_000, bytesMax: 536_870_912 });
    expect(paths(enough, 100_000)).toEqual([]);
  });

  it("finds bounds that the memory limit does not hold together", () => {
    expect(paths({ pipeline: { memory: { limitBytes: 134_217_728 } } })).toEqual(["warning pipeline.memory.limitBytes"]);
  });

  it("takes what threads can't share for an error, as the collector does not start with it", () => {
    expect(paths({ workers: 4, pipeline: { queue: { bytesMax: 100_000 } } })).toContain("error pipeline.queue.bytesMax");
  });
});
