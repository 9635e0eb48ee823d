// A thread of its own: one replay. Started and ended by replayer.ts.
import { parentPort, workerData } from "node:worker_threads";
import { type ReplayTask, replayRecording } from "./replayRecording.ts";

const task: ReplayTask = workerData;
const cancelled = new AbortController();
// It has nothing else to say.
parentPort?.once("message", () => cancelled.abort());
await replayRecording(task, cancelled.signal, (report) => parentPort?.postMessage(report));
parentPort?.close();
