// A thread of its own: one of several data planes of a collector. Started by threadedPlane.ts.
import { parentPort, workerData } from "node:worker_threads";
import { AppError, messageOf } from "../appError.ts";
import { sharedMemoryHeld } from "../self/memoryLimiter.ts";
import { ShardRouter } from "../shard/shardRouter.ts";
import { type PlaneParts, startLocalPlane } from "./localPlane.ts";
import type { Plane } from "./plane.ts";
import type { PlaneAnswers, PlaneReply, PlaneRequest, PlaneThreadData } from "./planeMessages.ts";

const data: PlaneThreadData = workerData;
let plane: Plane | undefined;
/** Of the profile that is being recorded. */
let profiling = new AbortController();

function say(reply: PlaneReply): void {
  parentPort?.postMessage(reply);
}

async function start(otlp: PlaneParts["otlp"]): Promise<Plane> {
  const { shards, held, index, ...parts } = data;
  return startLocalPlane({
    ...parts,
    otlp,
    shards: shards && new ShardRouter(shards),
    memoryHeld: sharedMemoryHeld(held, index),
    log: (level, fields, message) => say({ kind: "log", level, fields: { ...fields, worker: index }, message }),
  });
}

async function answer(request: PlaneRequest): Promise<PlaneAnswers[keyof PlaneAnswers]> {
  if (request.ask === "start") {
    plane = await start(request.otlp);
    return plane.ports;
  }
  if (plane === undefined) throw new Error("the data plane has not been started");
  switch (request.ask) {
    case "apply":
      return plane.apply(request.input, request.revision);
    case "keepAll":
      await plane.keepAll(request.rules);
      return undefined;
    case "figures":
      return plane.figures();
    case "endWindow":
      return plane.endWindow();
    case "explain":
      return plane.explain(request.traceId);
    case "startShadow":
      await plane.startShadow(request.start);
      return undefined;
    case "stopShadow":
      await plane.stopShadow();
      return undefined;
    case "shadowReport":
      return plane.shadowReport();
    case "profile":
      profiling = new AbortController();
      return plane.profile(request.request, profiling.signal);
    case "endProfile":
      profiling.abort(new Error("the profile was given up"));
      return undefined;
    case "lookAtFiles":
      await plane.lookAtFiles();
      return undefined;
    case "closeReceivers":
      await plane.closeReceivers(request.deadlineMs);
      return undefined;
    case "drain":
      await plane.drain(request.deadlineMs);
      return undefined;
    case "stop":
      await plane.stop();
      return undefined;
  }
}

parentPort?.on("message", (request: PlaneRequest) => {
  answer(request).then(
    (value) => say({ kind: "answer", number: request.number, value }),
    (error: unknown) => say({ kind: "failed", number: request.number, code: error instanceof AppError ? error.code : undefined, message: messageOf(error) }),
  );
});
