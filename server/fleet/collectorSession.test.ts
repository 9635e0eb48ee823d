import { describe, expect, it } from "vitest";
import { CollectorSession, type FleetStream } from "./collectorSession.ts";
import type { ServerMessageFields } from "./fleetMethods.ts";

const A = { revision: 4, hash: "a" };
const B = { revision: 9, hash: "b" };

function openSession(runningHash: string) {
  const sent: ServerMessageFields[] = [];
  const stream = { destroyed: false, writable: true, write: (message: ServerMessageFields) => sent.push(message) } as unknown as FleetStream;
  return { session: new CollectorSession("c1", stream, { runningHash, capabilities: [] }), sent };
}

describe("what a collector is sent", () => {
  it("is what it doesn't run yet, also when that has a lower number", () => {
    const { session, sent } = openSession("b");
    expect(session.wants(B)).toBe(false);
    expect(session.wants(A)).toBe(true);
    session.deliver(A, "{}");
    expect(session.wants(A)).toBe(false);
    expect(session.wants(B)).toBe(true);
    expect(sent).toEqual([{ config: { ...A, body: "{}" } }]);
  });
  it("is what it refused once more under any other revision, a lower one too, and not under the same", () => {
    const { session } = openSession("");
    session.deliver(B, "{}");
    session.failed();
    expect(session.wants(B)).toBe(false);
    expect(session.wants({ ...B, revision: 10 })).toBe(true);
    expect(session.wants({ ...B, revision: 8 })).toBe(true);
  });
  it("is never what an older look-up found after a newer one", () => {
    const { session } = openSession("");
    expect(session.takeLookUp(2)).toBe(true);
    expect(session.takeLookUp(1)).toBe(false);
    expect(session.takeLookUp(2)).toBe(true);
    expect(session.takeLookUp(3)).toBe(true);
  });
});
