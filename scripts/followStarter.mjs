// Preloaded into the processes that the starter runs in groups of their own: when the starter is gone, however it went, the pipe closes and the process drains.
import { Socket } from "node:net";

const STARTER_PIPE_FD = 3;
const pipe = new Socket({ fd: STARTER_PIPE_FD, readable: true, writable: false });
pipe.on("close", () => process.kill(process.pid, "SIGTERM"));
pipe.on("error", () => pipe.destroy());
pipe.resume();
pipe.unref();
