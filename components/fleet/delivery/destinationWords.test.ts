import { describe, expect, it } from "vitest";
import type { DestinationView } from "#domain/telemetry/delivery.ts";
import { batchFacts, logFacts } from "./destinationWords.ts";

const well = { wal: "ok", walBytes: 5e8, walBytesMax: 1e9, walAgeMs: 250_000, breaker: "closed", logFullInMs: null } as DestinationView;
const facts = (over: Partial<DestinationView> = {}) => logFacts({ ...well, ...over });

describe("a log in words", () => {
  it("has its bytes, its bound and the age of the oldest", () => expect(facts()).toBe("500 MB of 1 GB, oldest 4 min"));
  it("has a forecast only while the breaker is not closed, and it isn't full already", () => {
    expect(facts({ logFullInMs: 3_600_000 })).toBe("500 MB of 1 GB, oldest 4 min");
    expect(facts({ logFullInMs: 3_600_000, breaker: "open", walAgeMs: 0 })).toBe("500 MB of 1 GB, full in 1 h at this rate");
    expect(facts({ logFullInMs: 0, breaker: "open", wal: "full", walAgeMs: 0 })).toBe("500 MB of 1 GB");
  });
  it("has none where it is off", () => expect(facts({ wal: "off" })).toBe(""));
});

describe("a batch size in words", () => {
  it("stands within its bounds, or is a dash where the collector doesn't say", () => {
    expect(batchFacts({ ...well, batchSize: 2048, batchSizeMin: 512, batchSizeMax: 8192 }, String)).toBe("2048 of 512–8192");
    expect(batchFacts({ ...well, batchSize: 0, batchSizeMin: 0, batchSizeMax: 0 }, String)).toBe("—");
  });
});
