import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TrafficProcess } from "./trafficProcess.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "headgate-unit-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

function traffic(targets: () => string[]) {
  const program = path.join(dir, "program.mjs");
  const arguments_ = path.join(dir, "arguments");
  writeFileSync(
    program,
    `import { appendFileSync } from "node:fs"; appendFileSync(${JSON.stringify(arguments_)}, process.argv.slice(2).join(" ") + "\\n"); setInterval(() => {}, 1000);`,
  );
  const log = { info: () => {}, warn: () => {} };
  const process_ = new TrafficProcess({ targets, pidFile: path.join(dir, "pid"), log, onChanged: () => {}, program });
  return { process_, runs: () => (existsSync(arguments_) ? readFileSync(arguments_, "utf8").trim().split("\n") : []) };
}

describe("sample traffic", () => {
  it("runs one process at the collectors there are, is aimed anew when they change, and ends with its owner", async () => {
    let targets = ["http://127.0.0.1:1"];
    const { process_, runs } = traffic(() => targets);
    expect(process_.start()).toEqual({ state: "running", targets: 1 });
    process_.start();
    await vi.waitFor(() => expect(runs()).toEqual(["--endpoint http://127.0.0.1:1 --rate 2000"]), 10_000);
    targets = ["http://127.0.0.1:1", "http://127.0.0.1:2"];
    process_.retarget();
    await vi.waitFor(() => expect(runs().at(-1)).toBe("--endpoint http://127.0.0.1:1 --endpoint http://127.0.0.1:2 --rate 2000"), 10_000);
    const pid = Number(readFileSync(path.join(dir, "pid"), "utf8"));
    await process_.close();
    expect(() => process.kill(pid, 0)).toThrow();
    expect(process_.current()).toEqual({ state: "stopped", targets: 0 });
  });

  it("waits for a collector when there is none", async () => {
    let targets: string[] = [];
    const { process_, runs } = traffic(() => targets);
    expect(process_.start()).toEqual({ state: "running", targets: 0 });
    targets = ["http://127.0.0.1:1"];
    process_.retarget();
    await vi.waitFor(() => expect(runs()).toHaveLength(1), 10_000);
    await process_.close();
  });
});
