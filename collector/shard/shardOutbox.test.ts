import { describe, expect, it } from "vitest";
import { ACCEPTED, type Answer, refusal } from "../receive/answer.ts";
import { ShardOutbox, type ShardParcel, UNDERWAY_BYTES_MAX } from "./shardOutbox.ts";

const about = { isSample: false, networkMs: 1, scanMs: 1 };

function outbox() {
  const sent: ShardParcel[] = [];
  const deferred: (() => void)[] = [];
  const port = { postMessage: (parcel: ShardParcel) => void sent.push(parcel), on: () => undefined as never };
  return { sent, deferred, box: new ShardOutbox({ port: port as never, defer: (run) => void deferred.push(run) }) };
}

const put = (box: ShardOutbox, size: number, fill: number): Promise<Answer> =>
  box.add(size, about, (out, at) => {
    out.fill(fill, at, at + size);
    return { end: at + size, columnsAt: at + size, columns: 0, policyHash: "" };
  });

describe("ShardOutbox", () => {
  it("sends what came in one turn together, and gives each part the answer that belongs to it", async () => {
    const { sent, deferred, box } = outbox();
    const first = put(box, 10, 1);
    const second = put(box, 20, 2);
    expect(sent).toEqual([]);
    for (const run of deferred) run();
    expect(sent).toHaveLength(1);
    const [{ number, buffer, parts }] = sent;
    expect(parts.map(({ start, end }) => [start, end])).toEqual([
      [0, 10],
      [10, 30],
    ]);
    expect([...new Uint8Array(buffer).subarray(8, 12)]).toEqual([1, 1, 2, 2]);
    const refused = refusal("queue_full", "no room", 1000);
    box.received({ kind: "receipt", number, buffer, answers: [ACCEPTED, refused] });
    expect(await first).toEqual(ACCEPTED);
    expect(await second).toEqual(refused);
  });

  it("uses a buffer again that came back, and makes one for what is larger than any", () => {
    const { sent, box } = outbox();
    void put(box, 100, 1);
    box.flush();
    box.received({ kind: "receipt", number: sent[0].number, buffer: sent[0].buffer, answers: [ACCEPTED] });
    void put(box, 100, 2);
    box.flush();
    expect(sent[1].buffer).toBe(sent[0].buffer);
    void put(box, 5_000_000, 3);
    box.flush();
    expect(sent[2].buffer.byteLength).toBe(5_000_000);
  });

  it("has no room beyond its bound until something has been answered", () => {
    const { sent, box } = outbox();
    const size = 1_000_000;
    let put_ = 0;
    while (box.hasRoom(size)) {
      void put(box, size, 1);
      put_++;
    }
    expect(put_ * size).toBeLessThanOrEqual(UNDERWAY_BYTES_MAX);
    expect((put_ + 1) * size).toBeGreaterThan(UNDERWAY_BYTES_MAX);
    box.flush();
    box.received({ kind: "receipt", number: sent[0].number, buffer: sent[0].buffer, answers: [ACCEPTED] });
    expect(box.hasRoom(size)).toBe(true);
  });

  it("takes one part that is larger than its bound when nothing else is under way, as it could never go otherwise", () => {
    const { box } = outbox();
    expect(box.hasRoom(UNDERWAY_BYTES_MAX * 2)).toBe(true);
  });
});
