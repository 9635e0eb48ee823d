import { type Frame, frame, framesOf } from "../../http2/frameTestData.ts";
import { WriteBuffers } from "../../http2/frameWriter.ts";
import { FRAME, PREFACE } from "../../http2/http2.ts";
import type { GrpcTrailers } from "../grpcAnswer.ts";
import type { ConnectionEnd, GrpcHead, GrpcStream } from "../grpcEngine.ts";
import { Connection } from "./connection.ts";

export const PSEUDO: [string, string][] = [
  [":method", "POST"],
  [":scheme", "http"],
  [":path", "/x"],
  [":authority", "here"],
];
export const GRPC: [string, string][] = [...PSEUDO, ["content-type", "application/grpc"], ["te", "trailers"]];
export const OPENING = Buffer.concat([PREFACE, frame(FRAME.settings, 0, 0)]);

export type SeenCall = { head: GrpcHead; readonly body: Buffer; hasEnded: boolean; closed: number; stream: GrpcStream };
/** What becomes of a call: at its headers ("fail", "reject"), when it is whole ("succeed", "fail at end"), or nothing. */
export type Plan = "succeed" | "fail" | "fail at end" | "reject" | "nothing";

const NO: GrpcTrailers = { "grpc-status": "14", "grpc-message": "no" };

/** One connection without a socket, and all that it says. */
export function rig({
  plan = () => "succeed",
  streamsMax = 100,
  takes = true,
}: {
  plan?: (head: GrpcHead) => Plan;
  streamsMax?: number;
  takes?: boolean;
} = {}) {
  const written: Buffer[] = [];
  const deferred: (() => void)[] = [];
  const seen = { calls: [] as SeenCall[], ends: [] as ConnectionEnd[], refused: 0, transportEnded: false, unsentBytes: 0 };
  const clock = { now: 0 };
  const connection = new Connection(
    {
      buffers: new WriteBuffers(),
      now: () => clock.now,
      defer: (run) => void deferred.push(run),
      ended: (why) => void seen.ends.push(why),
      connected: () => ({
        refusedStreams: (count) => {
          seen.refused += count;
        },
        call(head, stream) {
          const what = plan(head);
          if (what === "fail") return void stream.fail(NO);
          if (what === "reject") return void stream.reject(415);
          const chunks: Buffer[] = [];
          const call: SeenCall = {
            ...{ head, hasEnded: false, closed: 0, stream },
            get body() {
              return Buffer.concat(chunks);
            },
          };
          seen.calls.push(call);
          return {
            data: (bytes, start, end) => void chunks.push(Buffer.from(bytes.subarray(start, end))),
            end() {
              call.hasEnded = true;
              if (what === "succeed") stream.succeed();
              if (what === "fail at end") stream.fail(NO);
            },
            closed: () => {
              call.closed++;
            },
          };
        },
      }),
    },
    {
      send(bytes) {
        if (takes) written.push(Buffer.from(bytes));
        else seen.unsentBytes += bytes.length;
        return takes;
      },
      get unsentBytes() {
        return seen.unsentBytes;
      },
      end: () => {
        seen.transportEnded = true;
      },
    },
    streamsMax,
  );
  return {
    connection,
    seen,
    clock,
    send(...frames: Buffer[]) {
      const bytes = Buffer.concat(frames);
      connection.read(bytes, 0, bytes.length);
      return this;
    },
    runDeferred() {
      for (const run of deferred.splice(0)) run();
    },
    /** How many writes there were since the last time, and the frames in them. */
    take(): { writes: number; frames: Frame[] } {
      const writes = written.splice(0);
      return { writes: writes.length, frames: framesOf(Buffer.concat(writes)) };
    },
    get written() {
      return Buffer.concat(written);
    },
  };
}
