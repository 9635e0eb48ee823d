import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OpenBreaker, RowDelivery } from "./delivery.ts";
import { livePoint } from "./livePointTestData.ts";
import { verdict } from "./verdict.ts";
import type { VerdictFacts, VerdictPart } from "./verdictParts.ts";

const FROM = 1_700_000_000_000;

function row(over: Partial<VerdictFacts["rows"][number]> = {}): VerdictFacts["rows"][number] {
  return { name: "local-1", state: "online", lastSeenMs: FROM, configState: "in-sync", queueSpans: 0, queueCapacitySpans: 200_000, delivery: WELL, ...over };
}

const WELL: RowDelivery = { breakers: [], logs: [], memory: "ok" };
const OPEN: OpenBreaker = {
  destination: "default",
  state: "open",
  sinceMs: FROM + 12_000,
  lastFailure: "14 UNAVAILABLE: connect ECONNREFUSED 127.0.0.1:4319",
  queuedSpans: 51_200,
  log: { bytes: 20_000_000, bytesMax: 1_000_000_000, fullInMs: 3_600_000 },
};
const ill = (over: Partial<RowDelivery>) => row({ delivery: { ...WELL, ...over } });

function facts(over: Partial<VerdictFacts> = {}): VerdictFacts {
  return {
    fromMs: FROM,
    points: Array.from({ length: 60 }, () => livePoint()),
    rows: [row()],
    ledger: { balanced: true },
    reasons: null,
    everReceived: true,
    subject: { kind: "fleet" },
    ...over,
  };
}

/** The sentence with `<spans/s>` and the like in the places of figures. */
function read(parts: readonly VerdictPart[]): string {
  return parts.map(word).join("");
}

function word(part: VerdictPart): string {
  switch (part.kind) {
    case "text":
    case "strong":
      return part.text;
    case "rate":
      return `${Math.round(part.spansPerS)} spans/s`;
    case "count":
      return String(part.spans);
    case "share":
      return `${Math.round(part.share * 100)}%`;
    case "bytes":
      return `${Math.round(part.bytes / 1e6)} MB`;
    case "duration":
      return `${Math.round(part.ms / 1_000)} s`;
    case "time":
      return `+${(part.atMs - FROM) / 1000}s`;
  }
}

const said = (over: Partial<VerdictFacts> = {}) => read(verdict(facts(over)).parts);

describe("verdict", () => {
  it("says what comes in, what is kept, and that nothing was lost", () => {
    expect(said()).toBe("Taking 1000 spans/s and keeping 6% over the last 5 s. Nothing has been lost.");
    expect(verdict(facts()).level).toBe("ok");
  });

  it("says how to begin when nothing was ever heard", () => {
    expect(said({ everReceived: false, points: [] })).toBe("One collector is ready and has heard nothing yet. Send it a trace, or watch sample traffic first.");
    expect(said({ everReceived: false, points: [], rows: [row(), row({ name: "b" })] })).toMatch(
      /^2 collectors are ready and have heard nothing yet. Send them/,
    );
    expect(said({ rows: [] })).toMatch(/^No collector has connected yet/);
  });

  it("says since when nothing arrives", () => {
    const points = Array.from({ length: 60 }, (_, index) => livePoint(index < 40 ? {} : { receivedPerS: 0, keptPerS: 0 }));
    expect(said({ points })).toBe("Nothing is arriving since +40s; one collector is ready. Nothing has been lost.");
  });

  it("names losses, how many and the first of them, and calls it bad", () => {
    const points = Array.from({ length: 60 }, (_, index) => livePoint(index === 20 || index === 21 ? { droppedPerS: 40 } : {}));
    expect(said({ points })).toContain("80 accepted spans were dropped, the first at +20s.");
    expect(verdict(facts({ points })).level).toBe("bad");
    expect(said({ points })).not.toContain("Nothing has been lost");
  });

  it("says since when spans are refused, over short pauses", () => {
    const points = Array.from({ length: 60 }, (_, index) => livePoint(index >= 30 && index % 3 !== 0 ? { refusedPerS: 100 } : {}));
    expect(said({ points })).toMatch(/Refusing \d+ spans\/s since \+31s; senders are told to try again later\./);
  });

  it("says on which collectors the queue is more than half full", () => {
    const rows = [row(), row({ name: "b", queueSpans: 150_000 }), row({ name: "c", queueSpans: 190_000 })];
    expect(said({ rows })).toContain("The queue is more than half full on 2 of 3 collectors.");
    expect(said({ rows: rows.slice(0, 2) })).toContain("more than half full on b.");
  });

  it("names the stage that senders wait for when answers are slow, and never one that comes after the answer", () => {
    const slow = livePoint({ ackP99Ms: 212, stageMeanMs: { network: 15, queueWait: 1000, decisionWait: 0, processing: 75, serialization: 10, export: 80 } });
    const points = Array.from({ length: 60 }, (_, index) => (index < 25 ? livePoint() : slow));
    expect(said({ points })).toContain("Senders wait over 100 ms for one answer in a hundred since +25s; processing is 75% of it.");
    const even = livePoint({ ackP99Ms: 212, stageMeanMs: { network: 5, queueWait: 1000, decisionWait: 0, processing: 5, serialization: 5, export: 80 } });
    expect(said({ points: Array.from({ length: 60 }, () => even) })).toContain("one answer in a hundred since +0s. Nothing");
  });

  it("makes no finding of one slow second", () => {
    const points = Array.from({ length: 60 }, (_, index) => (index === 59 ? livePoint({ ackP99Ms: 500 }) : livePoint()));
    expect(said({ points })).not.toContain("Senders wait");
  });

  it("names who is offline and who refused a configuration", () => {
    expect(said({ rows: [row(), row({ name: "ap-01", state: "offline", lastSeenMs: FROM + 5000 })] })).toContain("ap-01 is offline since +5s.");
    expect(said({ rows: [row({ configState: "failed" }), row({ name: "b" })] })).toContain("local-1 refused the newest configuration and runs the one before.");
    expect(said({ rows: [row({ state: "offline" })] })).toMatch(/^local-1, the only collector, is offline since \+0s/);
  });

  it("marks sample traffic", () => {
    expect(said({ points: [livePoint({ sampleShare: 1 })] })).toContain("1000 spans/s, all of it sample traffic, and keeping");
    expect(said({ points: [livePoint({ sampleShare: 0.4 })] })).toContain(", 40% of it sample traffic,");
  });

  it("does not hide a ledger that does not balance", () => {
    const broken = verdict(facts({ ledger: { balanced: false } }));
    expect(broken.level).toBe("bad");
    expect(read(broken.parts)).toContain("The ledger does not balance");
  });

  it("says of an open breaker which, since when, what the backend said, how much waits and how long the log lasts", () => {
    const one = verdict(facts({ rows: [ill({ breakers: [OPEN] })] }));
    expect(read(one.parts)).toContain(
      " The breaker of default is open since +12s: nothing is sent, the backend said “14 UNAVAILABLE: connect ECONNREFUSED 127.0.0.1:4319”. 51200 spans wait; the log has 20 MB of 1000 MB and lasts 3600 s at this rate. Nothing has been lost.",
    );
    expect(one.level).toBe("warn");
    expect(said({ rows: [ill({ breakers: [OPEN] }), row({ name: "b" })] })).toContain("The breaker of default at local-1 is open");
    const bare = { ...OPEN, lastFailure: "", queuedSpans: 1, log: null };
    expect(said({ rows: [ill({ breakers: [bare] })] })).toContain(
      "is open since +12s: nothing is sent. 1 span waits in memory alone, there is no write-ahead log.",
    );
    expect(said({ rows: [ill({ breakers: [{ ...OPEN, state: "half-open" }] })] })).toContain(
      "is half-open and not closed since +12s: single batches are tried, the backend",
    );
  });

  it("adds up several breakers, and names the log that fills first", () => {
    const later = { ...OPEN, destination: "errors", sinceMs: FROM + 30_000, log: { bytes: 5_000_000, bytesMax: 1_000_000_000, fullInMs: 60_000 } };
    expect(said({ rows: [ill({ breakers: [later] }), ill({ breakers: [OPEN] })] })).toContain(
      "2 breakers are open, the first since +12s: nothing is sent, the backend of default said",
    );
    expect(said({ rows: [ill({ breakers: [later, OPEN] })] })).toContain(
      "102400 spans wait; the log has 25 MB of 2000 MB, and the first to fill lasts 60 s at this rate.",
    );
    const still = { ...OPEN, log: { bytes: 1_000_000, bytesMax: 1_000_000_000, fullInMs: null } };
    expect(said({ rows: [ill({ breakers: [still] })] })).toContain("the log has 1 MB of 1000 MB. Nothing");
  });

  it("keeps what a backend said to one short line", () => {
    const long = said({ rows: [ill({ breakers: [{ ...OPEN, lastFailure: `first\n  second ${"x".repeat(400)}` }] })] });
    expect(long).toContain("said “first second xxx");
    expect(long).toMatch(/x…”\./);
  });

  it("says what is wrong with a log, and calls it bad where senders are turned away", () => {
    const trouble = Array.from({ length: 60 }, (_, index) => livePoint(index < 20 ? {} : { logsInTrouble: 1 }));
    const log = (state: "full" | "behind" | "failed", problem = "") => ({
      points: trouble,
      rows: [ill({ logs: [{ destination: "default", state, problem }] })],
    });
    expect(said(log("failed", "ENOSPC: no space left on device"))).toContain(
      "The write-ahead log of default can't be used since +20s: ENOSPC: no space left on device. What is kept waits in memory alone, or is refused.",
    );
    expect(said(log("full"))).toContain("is full since +20s. Requests are refused until the backend takes some of it.");
    expect(said(log("behind"))).toContain("is behind since +20s. The disk is slower");
    expect(["failed", "full", "behind"].map((state) => verdict(facts(log(state as "full"))).level)).toEqual(["bad", "bad", "warn"]);
  });

  it("says where memory is tight or full", () => {
    const full = Array.from({ length: 60 }, (_, index) => livePoint(index < 50 ? {} : { memoryFull: 1 }));
    expect(said({ points: full, rows: [ill({ memory: "full" }), row({ name: "b" })] })).toContain(
      "Memory is at its limit on local-1 since +50s; every request is refused there.",
    );
    expect(verdict(facts({ points: full, rows: [ill({ memory: "full" })] })).level).toBe("bad");
    const tight = Array.from({ length: 60 }, () => livePoint({ memoryTight: 1 }));
    expect(said({ points: tight, rows: [ill({ memory: "tight" })] })).toContain("Memory is above its soft mark on local-1 since +0s;");
  });

  it("names the tiers that are shed, and how much", () => {
    const points = Array.from({ length: 60 }, (_, index) => livePoint(index < 40 ? {} : { shedPerS: 50, droppedPerS: 50, memoryTight: 1 }));
    const dropped = ["shed:default", "shed:slow requests", "retry_exhausted"].map((reason) => ({
      reason,
      spansPerS: 5,
      requestsPerS: 0,
      spans: 9,
      requests: 0,
    }));
    const shedding = { points, rows: [ill({ memory: "tight" })], reasons: { dropped } };
    expect(said(shedding)).toContain(
      "Memory is tight, so 50 spans/s that were to be kept are shed, of the tiers default and slow requests, since +40s. 1000 accepted spans were dropped",
    );
    expect(said(shedding)).not.toContain("soft mark");
    expect(said({ ...shedding, reasons: null })).toContain("are shed since +40s.");
    expect(verdict(facts(shedding)).level).toBe("bad");
  });

  it("never says that none are shed where some are, over a pause of a few seconds", () => {
    const points = Array.from({ length: 60 }, (_, index) => livePoint(index < 40 || index >= 55 ? {} : { shedPerS: 50, droppedPerS: 50 }));
    expect(said({ points, rows: [ill({ memory: "tight" })] })).toContain("Memory is tight, so 25 spans/s that were to be kept are shed since +40s.");
  });

  it("tells the worst first, and no more than two", () => {
    const points = Array.from({ length: 60 }, () => livePoint({ shedPerS: 50, droppedPerS: 50, refusedPerS: 10, memoryFull: 1 }));
    const all = ill({ memory: "full", breakers: [OPEN], logs: [{ destination: "default", state: "full", problem: "" }] });
    const sentence = said({ points, rows: [all] });
    expect(sentence).toMatch(/over the last 5 s\. Memory is at its limit.* Memory is tight, so .* accepted spans were dropped/);
    expect(sentence).not.toMatch(/breaker|write-ahead|Refusing/);
    const order = said({ rows: [ill({ breakers: [OPEN], logs: [{ destination: "default", state: "full", problem: "" }] })] });
    expect(order.indexOf("is full")).toBeGreaterThan(0);
    expect(order.indexOf("is full")).toBeLessThan(order.indexOf("is open"));
  });

  it("speaks of an open breaker also when nothing arrives", () => {
    const points = Array.from({ length: 60 }, () => livePoint({ receivedPerS: 0, keptPerS: 0 }));
    expect(said({ points, rows: [ill({ breakers: [OPEN] })] })).toMatch(
      /^Nothing is arriving.*The breaker of default is open since .* Nothing has been lost\.$/,
    );
  });

  const points = fc.array(
    fc.option(
      fc
        .record({
          receivedPerS: fc.nat(1e6),
          keptPerS: fc.nat(1e5),
          droppedPerS: fc.constantFrom(0, 0, 0, 7),
          refusedPerS: fc.constantFrom(0, 0, 50),
          queueSpans: fc.nat(200_000),
          ackP99Ms: fc.option(fc.nat(500)),
        })
        .map((over) => livePoint(over)),
      { nil: null },
    ),
    { maxLength: 120 },
  );
  const rows = fc.array(
    fc
      .record({
        state: fc.constantFrom("online" as const, "stale" as const, "offline" as const),
        configState: fc.constantFrom("in-sync" as const, "failed" as const, "behind" as const),
        queueSpans: fc.option(fc.nat(200_000)),
        delivery: fc.option(
          fc.record({
            breakers: fc.array(
              fc
                .record({
                  state: fc.constantFrom("open" as const, "half-open" as const),
                  lastFailure: fc.constantFrom("", "no. ", "\n", "a  b"),
                  queuedSpans: fc.nat(1e6),
                  log: fc.option(fc.record({ bytes: fc.nat(1e9), bytesMax: fc.constant(1e9), fullInMs: fc.option(fc.nat(1e9)) })),
                })
                .map((over) => ({ ...OPEN, ...over, sinceMs: FROM })),
              { maxLength: 3 },
            ),
            logs: fc.array(
              fc.record({
                destination: fc.constant("default"),
                state: fc.constantFrom("full" as const, "behind" as const, "failed" as const),
                problem: fc.constantFrom("", "a  b."),
              }),
              { maxLength: 2 },
            ),
            memory: fc.constantFrom("ok" as const, "tight" as const, "full" as const),
          }),
        ),
      })
      .map((over) => row(over)),
    { maxLength: 6 },
  );

  it("always says something whole, never a time outside of what it knows, never a figure that is no number", () =>
    fc.assert(
      fc.property(points, rows, fc.boolean(), (some, who, everReceived) => {
        const { parts } = verdict(facts({ points: some, rows: who, everReceived }));
        const sentence = read(parts);
        expect(sentence).toMatch(/\.$/);
        expect(sentence).not.toMatch(/NaN|Infinity|undefined|null| {2}/);
        for (const part of parts) {
          if (part.kind === "time") expect(part.atMs).toBeLessThanOrEqual(FROM + 120_000);
          if (part.kind === "time") expect(part.atMs).toBeGreaterThanOrEqual(FROM);
        }
      }),
    ));

  it("never says that nothing was lost when something was", () =>
    fc.assert(
      fc.property(points, rows, (some, who) => {
        fc.pre(some.some((one) => one !== null && one.droppedPerS > 0));
        expect(read(verdict(facts({ points: some, rows: who })).parts)).not.toContain("Nothing has been lost");
      }),
    ));

  it("says since when nothing arrives, and takes one span for something", () => {
    const quiet = (at: number | null) => Array.from({ length: 120 }, (_, index) => livePoint({ receivedPerS: index === at ? 1 : 0 }));
    expect(said({ points: quiet(null) })).toContain("Nothing is arriving, and nothing has in the last 15 minutes");
    const since = verdict(facts({ points: quiet(60) })).parts.find((part) => part.kind === "time");
    expect(since).toEqual({ kind: "time", atMs: FROM + 61_000 });
  });

  it("takes the kept share of what was decided, and says when nothing is decided yet", () => {
    const waiting = livePoint({ receivedPerS: 1000, keptPerS: 0, sampledOutPerS: 0, waitingSpans: 5000 });
    expect(said({ points: [waiting] })).toContain("none of it is decided yet");
    const growing = livePoint({ receivedPerS: 1000, keptPerS: 50, sampledOutPerS: 50 });
    expect(verdict(facts({ points: [growing] })).parts).toContainEqual({ kind: "share", share: 0.5, evidence: "outcome" });
  });

  it("names early decisions, with their share and since when", () => {
    const points = Array.from({ length: 60 }, (_, index) => livePoint({ tracesDecidedPerS: 100, tracesDecidedEarlyPerS: index < 30 ? 0 : 25 }));
    const early = verdict(facts({ points }));
    expect(early.level).toBe("warn");
    expect(early.parts).toContainEqual({ kind: "share", share: 0.25, evidence: "waiting" });
    expect(early.parts).toContainEqual({ kind: "time", atMs: FROM + 30_000 });
    expect(said({ points })).toContain("are decided before their time since");
  });
});
