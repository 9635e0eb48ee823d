import net from "node:net";
import { afterEach, expect, it } from "vitest";
import { systemClock } from "#collector/clock.ts";
import { frame } from "#collector/http2/frameTestData.ts";
import { FRAME } from "#collector/http2/http2.ts";
import type { GrpcEngine, GrpcEngineParts } from "#collector/receive/grpcEngine.ts";
import { clientBytes } from "#collector/receive/lean/clientBytesTestData.ts";
import { createLeanGrpcEngine } from "#collector/receive/lean/leanGrpcEngine.ts";
import { createNodeGrpcEngine } from "#collector/receive/nodeGrpcEngine.ts";
import { seededRandom } from "#collector/sample/wireTestData.ts";
import { ReceiverSecurity } from "#collector/security/receiverSecurity.ts";
import { receiversSchema } from "#domain/pipeline/receivers.ts";
import { waitFor } from "../fixtures/waitFor.ts";

const INPUTS = 200;

type Call = { path: string; contentType: string; body: string; hasEnded: boolean };
type Heard = { calls: Call[]; opened: number; closed: number };

const engines: GrpcEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.shutdown(0);
});

async function start(create: (parts: GrpcEngineParts) => GrpcEngine) {
  const heard: Heard[] = [];
  const settings = receiversSchema.parse({});
  const security = await ReceiverSecurity.open(settings, systemClock, () => undefined);
  const engine = create({
    streamsMax: 100,
    security,
    age: { maxMs: undefined, graceMs: 0 },
    buffersDropped() {},
    connectionEnded() {},
    connected() {
      const mine: Heard = { calls: [], opened: 0, closed: 0 };
      heard.push(mine);
      return {
        refusedStreams() {},
        call({ path, contentType }, stream) {
          const call: Call = { path, contentType, body: "", hasEnded: false };
          mine.calls.push(call);
          mine.opened++;
          return {
            data(bytes, from, to) {
              call.body += bytes.toString("hex", from, to);
            },
            end() {
              call.hasEnded = true;
              stream.succeed();
            },
            closed() {
              mine.closed++;
            },
          };
        },
      };
    },
  });
  engines.push(engine);
  return { port: await engine.start("127.0.0.1", 0), heard };
}

/** Sends it all and a PING, and resolves once that is answered: everything before it has been looked at. Rejects when the connection ends instead. */
function say(port: number, bytes: Buffer): Promise<net.Socket> {
  const mark = Buffer.from("lastping");
  const answer = frame(FRAME.ping, 1, 0, mark);
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1");
    let got = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      got = Buffer.concat([got, chunk]);
      if (got.includes(answer)) resolve(socket);
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`the connection ended: ${got.toString("latin1")}`)));
    socket.write(Buffer.concat([bytes, frame(FRAME.ping, 0, 0, mark)]));
  });
}

it(`both engines hear the same calls with the same bodies: ${INPUTS} well-behaved connections`, async () => {
  const [node, lean] = [await start(createNodeGrpcEngine), await start(createLeanGrpcEngine)];
  let ended = 0;
  for (let seed = 1; seed <= INPUTS; seed++) {
    const bytes = clientBytes(seededRandom(seed), false, false);
    const sockets = await Promise.all([say(node.port, bytes), say(lean.port, bytes)]);
    const [fromNode, fromLean] = [node.heard[seed - 1], lean.heard[seed - 1]];
    // Node hands bodies on a little later.
    await waitFor("Node's engine to hand on what it has", () => JSON.stringify(fromNode.calls) === JSON.stringify(fromLean.calls), { timeoutMs: 3000 }).catch(
      () => undefined,
    );
    expect(fromNode.calls, `connection ${seed}`).toEqual(fromLean.calls);
    ended += fromLean.calls.filter(({ hasEnded }) => hasEnded).length;
    for (const socket of sockets) socket.destroy();
    await waitFor("every call to be over", () => [fromNode, fromLean].every(({ opened, closed }) => opened === closed));
  }
  expect(ended).toBeGreaterThan(INPUTS);
});
