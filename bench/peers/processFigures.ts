import { readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";

/** USER_HZ, what /proc counts in; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** User and system time of a process with all its threads, seconds (proc(5), /proc/pid/stat fields 14 and 15). */
export const cpuSecondsOf = (pid: number): number => statOf(`/proc/${pid}/stat`).cpuSeconds;

/** The same for each name that its threads have, several of one name together. */
export function cpuSecondsOfThreads(pid: number): Map<string, number> {
  const seconds = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      const { name, cpuSeconds } = statOf(`/proc/${pid}/task/${thread}/stat`);
      seconds.set(name, (seconds.get(name) ?? 0) + cpuSeconds);
    } catch {
      // It ended meanwhile.
    }
  }
  return seconds;
}

function statOf(file: string): { name: string; cpuSeconds: number } {
  const stat = readFileSync(file, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { name: stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")")), cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND };
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
