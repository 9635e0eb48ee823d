import { block, END_HEADERS, END_STREAM, type Frame, frame, framesOf } from "#collector/http2/frameTestData.ts";
import { WriteBuffers } from "#collector/http2/frameWriter.ts";
import { FRAME, PREFACE } from "#collector/http2/http2.ts";
import { type CallEnd, ClientCall } from "./clientCall.ts";
import { ClientConnection } from "./clientConnection.ts";

export const SETTINGS = frame(FRAME.settings, 0, 0);
export const HEAD = block([":status", "200"], ["content-type", "application/grpc"]);
export const OK = block(["grpc-status", "0"]);
export const REQUEST = Buffer.from([0x83, 0x86, 0x44, 1, 0x2f]);

/** The answer of a server that has taken all. */
export function answer(id: number): Buffer {
  return Buffer.concat([
    frame(FRAME.headers, END_HEADERS, id, HEAD),
    frame(FRAME.data, 0, id, [0, 0, 0, 0, 0]),
    frame(FRAME.headers, END_HEADERS | END_STREAM, id, OK),
  ]);
}

/** One connection without a socket, and all that it says and hears. `takes` false: nothing that is written goes. */
export function clientRig({ takes = true, answerBytesMax = 100_000 } = {}) {
  const written: Buffer[] = [];
  const seen = { ended: false, destroyed: false, unsentBytes: 0 };
  const clock = { now: 0 };
  const connection = new ClientConnection({
    transport: {
      cork: () => undefined,
      uncork: () => undefined,
      write(bytes) {
        if (seen.ended || seen.destroyed) return;
        if (takes) written.push(Buffer.from(bytes));
        else seen.unsentBytes += bytes.length;
      },
      get unsentBytes() {
        return seen.unsentBytes;
      },
      end: () => {
        seen.ended = true;
      },
      destroy: () => {
        seen.destroyed = true;
      },
    },
    buffers: new WriteBuffers(),
    now: () => clock.now,
    answerBytesMax,
  });
  const calls: { call: ClientCall; ends: CallEnd[] }[] = [];
  let hasPreface = false;
  return {
    connection,
    seen,
    clock,
    calls,
    /** What became of each call: the last word, undefined while there is none. */
    get ends() {
      return calls.map(({ ends }) => ends.at(-1));
    },
    call(bytes: Buffer | number = 5) {
      const ends: CallEnd[] = [];
      const call = new ClientCall(REQUEST, typeof bytes === "number" ? Buffer.alloc(bytes, 7) : bytes, (end) => void ends.push(end));
      calls.push({ call, ends });
      connection.start(call);
      return call;
    },
    send(...frames: Buffer[]) {
      const bytes = Buffer.concat(frames);
      connection.read(bytes, 0, bytes.length);
      return this;
    },
    /** The frames since the last time, without the preface. */
    take(): Frame[] {
      let bytes = Buffer.concat(written.splice(0));
      if (!hasPreface && bytes.length > 0) {
        if (!bytes.subarray(0, PREFACE.length).equals(PREFACE)) throw new Error("no preface");
        bytes = bytes.subarray(PREFACE.length);
        hasPreface = true;
      }
      return framesOf(bytes);
    },
  };
}

/** As it is after both sides' settings. */
export function openedClient(options?: Parameters<typeof clientRig>[0], settings: Buffer = SETTINGS) {
  const one = clientRig(options);
  one.connection.opened();
  one.send(settings);
  one.take();
  return one;
}
