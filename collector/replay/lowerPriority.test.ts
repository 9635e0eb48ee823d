import { readFileSync } from "node:fs";
import { getPriority } from "node:os";
import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";

it.runIf(process.platform === "linux")("gives this thread alone a low priority, where each has one of its own", async () => {
  const before = getPriority();
  const url = JSON.stringify(new URL("./lowerPriority.ts", import.meta.url).href);
  const worker = new Worker(
    `const { readFileSync } = require("node:fs");
     import(${url}).then(({ lowerPriority }) => {
       const isLow = lowerPriority();
       require("node:worker_threads").parentPort.postMessage({ isLow, nice: readFileSync("/proc/thread-self/stat", "utf8").split(") ")[1].split(" ")[16] });
     });`,
    { eval: true },
  );
  const said = await new Promise((resolve) => worker.once("message", resolve));
  expect(said).toEqual({ isLow: true, nice: String(Math.max(10, before)) });
  expect(getPriority()).toBe(before);
  expect(Number(readFileSync("/proc/thread-self/stat", "utf8").split(") ")[1].split(" ")[16])).toBe(before);
  await worker.terminate();
});
