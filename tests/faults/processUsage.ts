import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const PAGE_BYTES = pageBytes();
/** USER_HZ: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Resident memory and CPU time of a process from /proc; NaN where there is none, or the process has ended. */
export function processUsage(pid: number): { rssBytes: number; cpuSeconds: number } {
  try {
    const rssBytes = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * PAGE_BYTES;
    // proc(5): the command stands in brackets and may hold spaces; utime and stime are the 14th and 15th field.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { rssBytes, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND };
  } catch {
    return { rssBytes: Number.NaN, cpuSeconds: Number.NaN };
  }
}

function pageBytes(): number {
  try {
    return Number(execFileSync("getconf", ["PAGESIZE"], { encoding: "utf8" }));
  } catch {
    return 4096;
  }
}
