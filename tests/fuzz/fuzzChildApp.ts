// Started by fuzzRun.ts: checks inputs [from, to) of one target and seed, so that one that hangs or ends the process takes nothing else with it.
import { parseArgs } from "node:util";
import { randomOf } from "./random.ts";
import { targetNamed } from "./targets.ts";

export type FuzzMessage =
  /** Before input `at`; whatever happens until the next message happened to one of those since. */
  { kind: "at"; at: number } | { kind: "finding"; at: number; input: string; message: string } | { kind: "done"; checked: number };

const { values } = parseArgs({
  options: {
    target: { type: "string" },
    seed: { type: "string" },
    from: { type: "string" },
    to: { type: "string" },
    every: { type: "string" },
    until: { type: "string" },
  },
});
const [seed, from, to, every, untilMs] = [values.seed, values.from, values.to, values.every, values.until].map(Number);
const target = targetNamed(values.target ?? "");
if (target === undefined) throw new Error(`no target ${values.target}`);

/** CPU time of one input beyond which it counts as one that hangs: a thousand times what any takes. */
const CPU_MAX_MICROS = 5_000_000;

function send(message: FuzzMessage): Promise<void> {
  return new Promise((resolve, reject) => process.send?.(message, (error: Error | null) => (error === null ? resolve() : reject(error))));
}

let at = from;
for (; at < to; at++) {
  if ((at - from) % every === 0) {
    // On a busy machine it may be over before the first; some are checked always.
    if (at > from && Date.now() > untilMs) break;
    await send({ kind: "at", at });
  }
  const random = randomOf(seed, at);
  const input = target.generate(random);
  const before = process.cpuUsage();
  try {
    await target.check(input, random);
    const { user, system } = process.cpuUsage(before);
    if (user + system > CPU_MAX_MICROS) throw new Error(`took ${(user + system) / 1e6} s of CPU`);
  } catch (error) {
    const { name, message, stack } = error as Error;
    await send({ kind: "finding", at, input: input.toString("hex"), message: name === "Finding" ? message : (stack ?? message) });
  }
}
await send({ kind: "done", checked: at - from });
process.disconnect?.();
