import { readlinkSync } from "node:fs";
import { constants, getPriority, setPriority } from "node:os";

const LOW = constants.priority.PRIORITY_BELOW_NORMAL;

/**
 * Has the system prefer other threads to the one that calls this: beside one that is always busy it still gets a tenth of a core. Linux gives a priority to each thread by the
 * thread's own id, which Node does not tell, but /proc does. False where that can't be done.
 */
export function lowerPriority(): boolean {
  try {
    const thread = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    if (!Number.isInteger(thread)) return false;
    if (getPriority(thread) < LOW) setPriority(thread, LOW);
    return true;
  } catch {
    return false;
  }
}
