import type { FuzzTarget } from "./target.ts";
import { compressed } from "./targets/compressed.ts";
import { grpcMessage } from "./targets/grpcMessage.ts";
import { httpHead } from "./targets/httpHead.ts";
import { json } from "./targets/json.ts";
import { spanScope } from "./targets/spanScope.ts";
import { traceScope } from "./targets/traceScope.ts";

export const FUZZ_TARGETS: readonly FuzzTarget[] = [spanScope, traceScope, json, compressed, grpcMessage, httpHead];

/** What the fuzzer has to notice, to see that it does: one that hangs, one that ends the process, one that is wrong, each at one input. */
export const FAULTY_TARGETS: readonly FuzzTarget[] = [
  faulty("faulty-hang", () => {
    for (;;);
  }),
  faulty("faulty-crash", () => process.abort()),
  faulty("faulty-throw", () => {
    throw new Error("wrong");
  }),
];

function faulty(name: string, fault: () => void): FuzzTarget {
  return {
    name,
    generate: (random) => Buffer.from([random(256), random(256)]),
    check(input) {
      if (input[0] === 7) fault();
    },
  };
}

export function targetNamed(name: string): FuzzTarget | undefined {
  return [...FUZZ_TARGETS, ...FAULTY_TARGETS].find((target) => target.name === name);
}
