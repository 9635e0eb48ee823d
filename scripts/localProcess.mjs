import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { productNode, root } from "./setUp.mjs";

const follow = fileURLToPath(new URL("followStarter.mjs", import.meta.url));

/**
 * Starts `node <args>` in a process group of its own, so that a Ctrl-C reaches the starter alone, which stops its processes in order.
 * `ready` gives the JSON ready line; it fails when the process ends before. `ended` gives { code, signal }. Every other line goes to `say`.
 */
export function startProcess({ name, args, env, say }) {
  const child = spawn(productNode(), ["--import", follow, ...args], { cwd: root, env, detached: true, stdio: ["ignore", "pipe", "pipe", "pipe"] });
  const ended = new Promise((resolve) => child.once("close", (code, signal) => resolve({ code, signal })));
  const ready = new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new Error(`${name} could not be started: ${error.message}`)));
    ended.then(({ code, signal }) => reject(Object.assign(new Error(`${name} ended before it was ready (${signal ?? code})`), { exitCode: code ?? 1 })));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const message = readyMessage(line);
      if (message) resolve(message);
      else say(name, line);
    });
  });
  ready.catch(() => undefined);
  createInterface({ input: child.stderr }).on("line", (line) => say(name, line));
  return { name, pid: child.pid, ready, ended, kill: (signal) => child.exitCode === null && child.signalCode === null && child.kill(signal) };
}

function readyMessage(line) {
  if (!line.startsWith("{")) return undefined;
  try {
    const message = JSON.parse(line);
    return message.msg === "ready" ? message : undefined;
  } catch {
    return undefined;
  }
}
