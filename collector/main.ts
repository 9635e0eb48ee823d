import { enableCompileCache } from "node:module";
import path from "node:path";
import { setFlagsFromString } from "node:v8";

// Compiled once, used by every later start: saves half a second and about 30 MB. Has to happen before the rest is loaded.
enableCompileCache(path.join(import.meta.dirname, "..", ".cache", "compile"));
// Every 64 MB from the network makes V8 mark the heap, as it counts those buffers; done concurrently, beside a busy loop on one core, that took 0.5 CPU-s
// per million spans (bench collector), and in small steps between requests still 0.8 at 50,000 spans/s (bench trace). The heap is small: marked in one go
// it takes about 20 ms, every other second.
setFlagsFromString("--no-incremental-marking");
const { AppError, messageOf } = await import("./appError.ts");
const { runCollector } = await import("./runCollector.ts");

const EXIT_USAGE = 2;

try {
  await runCollector();
} catch (error) {
  process.stderr.write(`headgate-collector: ${messageOf(error).replaceAll("\n", " ")}\n`);
  process.exit(error instanceof AppError ? EXIT_USAGE : 1);
}
