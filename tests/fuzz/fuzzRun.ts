import { fork } from "node:child_process";
import { join } from "node:path";
import type { FuzzMessage } from "./fuzzChildApp.ts";
import { randomOf } from "./random.ts";
import { targetNamed } from "./targets.ts";

export type FuzzFinding = { target: string; seed: number; at: number; input: string; message: string };
export type FuzzReport = { target: string; checked: number; seconds: number; findings: FuzzFinding[] };
type Options = {
  target: string;
  seed: number;
  /** First input's number, and how many. */
  from?: number;
  inputs: number;
  /** Begins no further ones after so long. */
  seconds?: number;
  /** Without a word for so long, a child hangs. */
  hangMs?: number;
};

const EVERY = 200;
const START_MS = 60_000;
const FINDINGS_MAX = 20;

/** Checks `inputs` inputs of a target in a process of its own; one that hangs or ends it is looked for, noted, and the rest goes on after it. */
export async function fuzz({ target, seed, from = 0, inputs, seconds = Number.POSITIVE_INFINITY, hangMs = 60_000 }: Options): Promise<FuzzReport> {
  const began = performance.now();
  const until = Date.now() + Math.min(seconds * 1000, 1e12);
  const findings: FuzzFinding[] = [];
  const note = (at: number, message: string, input = inputOf(target, seed, at)) => findings.push({ target, seed, at, input, message });
  let checked = 0;
  for (let next = from; next < from + inputs && Date.now() < until && findings.length < FINDINGS_MAX; ) {
    const ran = await runChild({ target, seed, from: next, to: from + inputs, every: EVERY, until, hangMs, note });
    if (ran.died === undefined) {
      checked += ran.checked;
      break;
    }
    // One of the few since its last word it was: they are run again one by one.
    const alone = await runChild({
      target,
      seed,
      from: ran.at,
      to: Math.min(ran.at + EVERY, from + inputs),
      every: 1,
      until: Number.MAX_SAFE_INTEGER,
      hangMs,
      note: () => {},
    });
    if (alone.died === undefined) note(ran.at, `${ran.died}, but none of the ${EVERY} inputs from here on does it alone`);
    else note(alone.at, alone.died);
    const resume = alone.died === undefined ? ran.at + EVERY : alone.at + 1;
    checked += resume - next;
    next = resume;
  }
  return { target, checked, seconds: (performance.now() - began) / 1000, findings };
}

/** What input so-and-so is; empty when making it is what went wrong. */
export function inputOf(target: string, seed: number, at: number): string {
  try {
    return targetNamed(target)?.generate(randomOf(seed, at)).toString("hex") ?? "";
  } catch {
    return "";
  }
}

type Child = {
  target: string;
  seed: number;
  from: number;
  to: number;
  every: number;
  until: number;
  hangMs: number;
  note: (at: number, message: string, input: string) => void;
};

/** `died`: how, when it did; `at`: the input of its last word. */
function runChild({ hangMs, note, ...options }: Child): Promise<{ checked: number; at: number; died: string | undefined }> {
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const child = fork(join(import.meta.dirname, "fuzzChildApp.ts"), args, {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    execArgv: ["--max-old-space-size=512"],
    env: { ...process.env, NODE_NO_WARNINGS: "1" },
  });
  return new Promise((resolve) => {
    let at = options.from;
    let checked: number | undefined;
    let errors = "";
    let isHanging = false;
    const hang = () => {
      isHanging = true;
      child.kill("SIGKILL");
    };
    // It has to start first, on a machine that may be busy.
    let watchdog = setTimeout(hang, Math.max(hangMs, START_MS));
    child.stderr?.on("data", (chunk) => {
      errors = (errors + chunk).slice(-2000);
    });
    child.on("message", (message: FuzzMessage) => {
      clearTimeout(watchdog);
      watchdog = setTimeout(hang, hangMs);
      if (message.kind === "at") at = message.at;
      else if (message.kind === "finding") note(message.at, message.message, message.input);
      else checked = message.checked;
    });
    child.on("error", (error) => {
      errors += error.message;
    });
    child.on("close", (code, signal) => {
      clearTimeout(watchdog);
      const died = checked !== undefined ? undefined : isHanging ? "it hangs" : `the process ended with ${signal ?? code}: ${errors}`;
      resolve({ checked: checked ?? 0, at, died });
    });
  });
}
