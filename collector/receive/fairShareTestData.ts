import { FairShare } from "./fairShare.ts";
import { RoomRate } from "./roomRate.ts";

const STEP_MS = 10;

/** `requestsPerS` at random times (Poisson), or at exact intervals; asked at every step, so that a client can change or stop. */
export type SimulatedClient = { requestsPerS: (atS: number) => number; requestBytes: number; isExact?: boolean };
export type ClientOutcome = { asked: number; taken: number; refused: number; notTakenForRoom: number };
export type Simulation = { clients: ClientOutcome[]; fillMax: number; fillAtEnd: number; overflowed: number };

/**
 * A queue that is drained at a fixed rate, before it clients that send regardless, each refused request once more about a second later. Outcomes are counted from
 * `countFromS` on. Deterministic: time is a number, and chance comes from `seed`.
 */
export function simulate(given: {
  clients: SimulatedClient[];
  capacityBytes: number;
  drainedBytesPerS: (atS: number) => number;
  keptShare?: number;
  seconds: number;
  countFromS?: number;
  seed?: number;
}): Simulation {
  const { clients, capacityBytes, keptShare = 1, seconds, countFromS = 0 } = given;
  const random = randomOf(given.seed ?? 1);
  let now = 0;
  const clock = { now: () => now };
  let held = 0;
  let entered = 0;
  const rate = new RoomRate({ fill: () => held / capacityBytes, heldBytes: () => held, enteredBytes: () => entered }, clock);
  const share = new FairShare<SimulatedClient>(clock);
  const outcomes: ClientOutcome[] = clients.map(() => ({ asked: 0, taken: 0, refused: 0, notTakenForRoom: 0 }));
  const due = clients.map(() => random());
  const again: { at: number; client: number }[] = [];
  let fillMax = 0;

  const send = (at: number, isSecond: boolean) => {
    const client = clients[at];
    const outcome = outcomes[at];
    const counts = now >= countFromS * 1000 ? 1 : 0;
    outcome.asked += counts;
    const looked = rate.look();
    if (looked !== undefined) share.update(looked.fill, looked.bytesPerS);
    if (share.isSpent(client) || !share.take(client, client.requestBytes)) {
      outcome.refused += counts;
      if (!isSecond) again.push({ at: now + 500 + 1000 * random(), client: at });
      return;
    }
    const kept = client.requestBytes * keptShare;
    if (held + kept > capacityBytes) {
      outcome.notTakenForRoom += counts;
      return;
    }
    outcome.taken += counts;
    rate.takenIn(client.requestBytes);
    held += kept;
    entered += kept;
  };

  for (; now < seconds * 1000; now += STEP_MS) {
    for (let at = 0; at < clients.length; at++) {
      const perStep = (clients[at].requestsPerS(now / 1000) * STEP_MS) / 1000;
      for (due[at] -= perStep; due[at] < 0; due[at] += clients[at].isExact ? 1 : -Math.log(1 - random())) send(at, false);
    }
    for (let left = again.length; left > 0; left--) {
      const next = again.shift();
      if (next === undefined) break;
      if (next.at <= now) send(next.client, true);
      else again.push(next);
    }
    held = Math.max(0, held - (given.drainedBytesPerS(now / 1000) * STEP_MS) / 1000);
    fillMax = Math.max(fillMax, held / capacityBytes);
  }
  return { clients: outcomes, fillMax, fillAtEnd: held / capacityBytes, overflowed: outcomes.reduce((sum, one) => sum + one.notTakenForRoom, 0) };
}

/** Mulberry32: small, and good enough for arrival times. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
