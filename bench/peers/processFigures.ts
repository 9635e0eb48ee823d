import { readFileSync } from "node:fs";
import { cpus } from "node:os";

/** USER_HZ, what /proc counts in; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** User and system time of a process with all its threads, seconds (proc(5), /proc/pid/stat fields 14 and 15). */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory now, and the most there was, bytes. */
export function memoryOf(pid: number): { rssBytes: number; peakRssBytes: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
  return { rssBytes: of("VmRSS"), peakRssBytes: of("VmHWM") };
}

/** CPU seconds that the whole machine has been busy for, all cores, since it started; also what it gave away to others (steal). */
export function machineBusySeconds(): number {
  const ticks = /^cpu +(.*)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1].split(" ").map(Number) ?? [];
  const [user, nice, system, , , irq, softIrq, steal] = ticks;
  return (user + nice + system + irq + softIrq + steal) / TICKS_PER_SECOND;
}

export const machineWords = (): string => `${cpus().length} × ${cpus()[0].model.trim()}, Node ${process.version}`;
