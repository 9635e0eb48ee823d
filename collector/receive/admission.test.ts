import { describe, expect, it } from "vitest";
import { Admission, BYTES_IN_FLIGHT_MAX } from "./admission.ts";
import { BodyPool } from "./bodyPool.ts";
import { Client } from "./client.ts";
import { RequestBody } from "./requestBody.ts";

const admissionOf = (concurrentRequestsMax = 2, clientRequestsMax = 64) =>
  new Admission({ requestBytesMax: 1_000_000, concurrentRequestsMax, clientRequestsMax });

describe("Admission", () => {
  it("lets so many requests in at a time, and turns further ones away with a delay", () => {
    const admission = admissionOf(2);
    const client = new Client();
    expect([admission.enter(client), admission.enter(new Client())]).toEqual([undefined, undefined]);
    expect(admission.enter(client)).toMatchObject({ reason: "busy", retryAfterMs: 1000 });
    admission.leave(client);
    expect(admission.enter(client)).toBeUndefined();
  });

  it("lets so many requests of one client in at a time, whatever the others have", () => {
    const admission = admissionOf(100, 3);
    const [one, other] = [new Client(), new Client()];
    expect([1, 2, 3].map(() => admission.enter(one))).toEqual([undefined, undefined, undefined]);
    expect(admission.enter(one)).toMatchObject({ reason: "client_limit", retryAfterMs: 1000 });
    expect(admission.enter(other)).toBeUndefined();
    admission.settings = { ...admission.settings, clientRequestsMax: 4 };
    expect([admission.enter(one), admission.enter(one)]).toMatchObject([undefined, { reason: "client_limit" }]);
    for (let i = 0; i < 4; i++) admission.leave(one);
    expect([one.requests, admission.requests]).toEqual([0, 1]);
  });

  it("lets nobody in while memory is full, and everybody again afterwards", () => {
    const memory = { state: "ok", takenIn: 0, takingIn };
    function takingIn(bytes: number) {
      memory.takenIn += bytes;
    }
    const admission = new Admission({ requestBytesMax: 1000, concurrentRequestsMax: 10, clientRequestsMax: 10 }, { memory });
    const client = new Client();
    const answers = ["ok", "tight", "full", "tight"].map((state) => {
      memory.state = state;
      return admission.enter(client)?.reason;
    });
    expect(answers).toEqual([undefined, undefined, "memory_limit", undefined]);
    admission.reserve(600);
    expect(memory.takenIn).toBe(600);
  });

  it("refuses what goes beyond a client's share while room is scarce, before the body is read where that is known, and nobody else", () => {
    const room = { held: 0, entered: 0, fill: () => room.held / 1_000_000, heldBytes: () => room.held, enteredBytes: () => room.entered };
    let now = 0;
    const admission = new Admission({ requestBytesMax: 1_000_000, concurrentRequestsMax: 1000, clientRequestsMax: 1000 }, { room, clock: { now: () => now } });
    const [flood, other] = [new Client(), new Client()];
    const refused = new Map<Client, string[]>([
      [flood, []],
      [other, []],
    ]);
    const send = (client: Client) => {
      const entering = admission.enter(client);
      const beyond = entering ?? admission.mayTakeIn(client, 10_000);
      if (entering === undefined) admission.leave(client);
      if (beyond !== undefined) return refused.get(client)?.push(`${beyond.reason} ${entering === undefined ? "whole" : "unread"}`);
      admission.tookIn(10_000);
      room.held += 10_000;
      room.entered += 10_000;
    };
    // 10 requests leave each second; one client sends 2, the other 40.
    for (; now < 30_000; now += 25) {
      send(flood);
      if (now % 500 === 0) send(other);
      room.held = Math.max(0, room.held - 2_500);
    }
    expect(refused.get(other)).toEqual([]);
    expect(refused.get(flood)?.length).toBeGreaterThan(500);
    expect(new Set(refused.get(flood))).toEqual(new Set(["client_share unread"]));
    expect(room.held).toBeLessThan(1_000_000);
  });

  it("leaves a client that is alone all the room there is", () => {
    const room = { held: 0, entered: 0, fill: () => room.held / 1_000_000, heldBytes: () => room.held, enteredBytes: () => room.entered };
    let now = 0;
    const admission = new Admission({ requestBytesMax: 1_000_000, concurrentRequestsMax: 1000, clientRequestsMax: 1000 }, { room, clock: { now: () => now } });
    const client = new Client();
    for (; room.held < 1_000_000; now += 50) {
      expect(admission.enter(client)).toBeUndefined();
      admission.leave(client);
      expect(admission.mayTakeIn(client, 10_000)).toBeUndefined();
      admission.tookIn(10_000);
      room.held += 10_000;
      room.entered += 10_000;
    }
  });

  it("lets clients in again by itself once room comes free, after a time in which none did", () => {
    const room = { held: 0, entered: 0, fill: () => room.held / 1_000_000, heldBytes: () => room.held, enteredBytes: () => room.entered };
    let now = 0;
    const admission = new Admission({ requestBytesMax: 1_000_000, concurrentRequestsMax: 1000, clientRequestsMax: 1000 }, { room, clock: { now: () => now } });
    const clients = [new Client(), new Client()];
    let turn = 0;
    const send = () => {
      const client = clients[turn++ % clients.length];
      if (admission.enter(client) !== undefined) return false;
      admission.leave(client);
      if (admission.mayTakeIn(client, 10_000) !== undefined) return false;
      admission.tookIn(10_000);
      room.held += 10_000;
      room.entered += 10_000;
      return true;
    };
    const rounds = (count: number) => {
      let isIn = 0;
      for (let round = 0; round < count; round++) {
        now += 50;
        if (send()) isIn++;
      }
      return isIn;
    };
    rounds(12_000);
    expect([rounds(200), room.held > 800_000, room.held < 1_000_000]).toEqual([0, true, true]);
    room.held = 100_000;
    expect(rounds(20)).toBeGreaterThan(10);
  });

  it("of another room has the same bounds and counts, and shares of its own", () => {
    const full = { fill: () => 1, heldBytes: () => 1_000_000 + entered, enteredBytes: () => entered };
    const empty = { fill: () => 0, heldBytes: () => 0, enteredBytes: () => 0 };
    let [now, entered] = [0, 0];
    const settings = { requestBytesMax: 1000, concurrentRequestsMax: 2, clientRequestsMax: 2 };
    const admission = new Admission(settings, { room: full, clock: { now: () => now } });
    const other = admission.forRoom(empty);
    const clients = [new Client(), new Client()];
    expect([admission.enter(clients[0]), other.enter(clients[1])]).toEqual([undefined, undefined]);
    expect([admission.requests, other.requests, other.enter(clients[0])?.reason]).toEqual([2, 2, "busy"]);
    admission.leave(clients[0]);
    other.leave(clients[1]);
    expect([other.reserve(500), admission.bytes]).toEqual([true, 500]);
    const refused = { full: 0, empty: 0 };
    for (let round = 0; round < 400; round++) {
      now += 50;
      const client = clients[round % 2];
      if (admission.mayTakeIn(client, 10_000) === undefined) {
        admission.tookIn(10_000);
        entered += 10_000;
      } else refused.full++;
      if (other.mayTakeIn(client, 10_000) !== undefined) refused.empty++;
    }
    expect([refused.full > 100, refused.empty]).toEqual([true, 0]);
    admission.draining = true;
    expect(other.enter(clients[0])?.reason).toBe("draining");
  });

  it("tells whoever asked for it about new settings", () => {
    const admission = admissionOf();
    const told: number[] = [];
    const stop = admission.onChange(({ clientRequestsMax }) => told.push(clientRequestsMax));
    admission.settings = { ...admission.settings, clientRequestsMax: 7 };
    stop();
    admission.settings = { ...admission.settings, clientRequestsMax: 8 };
    expect(told).toEqual([7]);
  });

  it("lets nobody in while it drains", () => {
    const admission = admissionOf();
    admission.draining = true;
    expect(admission.enter(new Client())).toMatchObject({ reason: "draining", retryAfterMs: 1000 });
  });

  it("bounds the bytes of all requests together", () => {
    const admission = admissionOf();
    expect(admission.reserve(BYTES_IN_FLIGHT_MAX)).toBe(true);
    expect(admission.reserve(1)).toBe(false);
    admission.release(1);
    expect(admission.reserve(1)).toBe(true);
  });
});

describe("RequestBody", () => {
  it("puts pieces together, whatever was expected, and gives everything back", () => {
    for (const expected of [0, 10, 300_000, 900_000_000]) {
      const admission = admissionOf();
      const body = new RequestBody(new BodyPool(), admission, 1_000_000);
      body.expect(expected);
      const pieces = [1, 70_000, 5, 200_000].map((length, i) => Buffer.alloc(length, i + 1));
      for (const piece of pieces) expect(body.append(piece)).toBe("ok");
      expect(body.bytes.subarray(0, body.length).equals(Buffer.concat(pieces))).toBe(true);
      expect(admission.bytes).toBe(body.bytes.length);
      body.release();
      body.release();
      expect(admission.bytes).toBe(0);
    }
  });

  it("takes exactly its bound and not one byte more", () => {
    const body = new RequestBody(new BodyPool(), admissionOf(), 100);
    expect([body.append(Buffer.alloc(100)), body.append(Buffer.alloc(1))]).toEqual(["ok", "too_large"]);
    expect(body.length).toBe(100);
  });

  it("says busy when all bodies together have no room, and keeps what it has", () => {
    const admission = admissionOf();
    admission.reserve(BYTES_IN_FLIGHT_MAX - 65_536);
    const body = new RequestBody(new BodyPool(), admission, 1_000_000);
    expect([body.append(Buffer.alloc(65_536)), body.append(Buffer.alloc(1))]).toEqual(["ok", "busy"]);
    body.release();
    expect(admission.bytes).toBe(BYTES_IN_FLIGHT_MAX - 65_536);
  });
});

describe("BodyPool", () => {
  it("uses buffers again, and keeps a bounded amount", () => {
    const pool = new BodyPool();
    const first = pool.take(100_000);
    expect(first.length).toBe(131_072);
    pool.give(first);
    expect(pool.take(90_000)).toBe(first);
    const many = Array.from({ length: 100 }, () => pool.take(1_000_000));
    for (const buffer of many) pool.give(buffer);
    expect(pool.retainedBytes).toBeLessThanOrEqual(33_554_432);
  });
});
