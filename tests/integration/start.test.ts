import { rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { run } from "#tests/fixtures/childProcess.ts";
import { cleanEnvironment, temporaryFolder } from "#tests/fixtures/environment.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { ledgerOf, scrape, sum } from "#tests/fixtures/metrics.ts";
import { sendSpans } from "#tests/fixtures/sendSpans.ts";
import { waitFor } from "#tests/fixtures/waitFor.ts";

const starter = join(import.meta.dirname, "..", "..", "scripts", "start.mjs");
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function started(options: Parameters<typeof startHeadgate>[0] = {}): Promise<Headgate> {
  const headgate = await startHeadgate(options);
  stops.push(() => headgate.remove());
  return headgate;
}

/** Starts with `env`, expects that it ends by itself; gives its exit code and what it said. */
async function refused(env: Record<string, string>, args: string[] = []) {
  const free = { HEADGATE_HTTP_PORT: "0", HEADGATE_FLEET_PORT: "0", HEADGATE_OTLP_GRPC_PORT: "0", HEADGATE_OTLP_HTTP_PORT: "0", HEADGATE_METRICS_PORT: "0" };
  const folder = temporaryFolder();
  const process_ = run(process.execPath, [starter, ...args], { env: cleanEnvironment({ ...free, HEADGATE_DATA_DIR: join(folder, "data"), ...env }) });
  const { code } = await process_.ended;
  rmSync(folder, { recursive: true, force: true });
  return { code, lines: process_.output().trim().split("\n") };
}

async function withTakenPort<T>(work: (port: number) => Promise<T>): Promise<T> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await work((server.address() as AddressInfo).port);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("npm start", () => {
  it("answers --help and --version, and refuses what it does not know", async () => {
    for (const [args, code, says] of [
      [["--help"], 0, /npm start/],
      [["--version"], 0, /^headgate \d/],
      [["--nonsense"], 2, /unknown option --nonsense/],
    ] as const) {
      const answer = await refused({}, [...args]);
      expect(answer.code).toBe(code);
      expect(answer.lines.join("\n")).toMatch(says);
    }
  });

  it("prints one JSON line with the addresses when ready, and ends with 0 on SIGTERM with nothing left running", async () => {
    const headgate = await started();
    expect(headgate.setupUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/setup\?token=/);
    expect((await fetch(`${headgate.http}/readyz`)).status).toBe(200);
    const [collector] = headgate.collectors;
    expect((await fetch(`http://127.0.0.1:${collector.metrics}/readyz`)).status).toBe(200);
    expect(await headgate.process.stop()).toEqual({ code: 0, signal: null });
    expect([headgate.serverPid, collector.pid].filter(isAlive)).toEqual([]);
  });

  it("keeps what it knows over a restart, and does not offer to create an owner twice", async () => {
    const first = await started();
    const { createOwner, signIn } = await import("#tests/fixtures/api.ts");
    const owner = await createOwner(first);
    const before = await owner.trpc.policies.list.query();
    await first.stop();
    const second = await started({ dataDir: first.dataDir });
    expect(second.setupUrl).toBeNull();
    const again = await signIn(second.http);
    expect(await again.trpc.policies.list.query()).toEqual(before);
    expect((await again.trpc.fleet.list.query()).map(({ name }) => name)).toEqual(["local-1"]);
  });

  it("starts a collector that was killed again on the ports it had, under the configuration it had", async () => {
    const headgate = await started();
    const [collector] = headgate.collectors;
    await sendSpans(collector.otlpHttp, 10);
    process.kill(collector.pid, "SIGKILL");
    await waitFor("the old process to be gone", () => !isAlive(collector.pid));
    await waitFor("the collector to be back", () =>
      scrape(collector.metrics).then(
        () => true,
        () => false,
      ),
    );
    await sendSpans(collector.otlpHttp, 7);
    const metrics = await scrape(collector.metrics);
    const ledger = ledgerOf(metrics);
    // What the killed one had not delivered is back from the write-ahead log.
    expect(ledger.received - sum(metrics, "headgate_spans_recovered_total")).toBe(7);
    expect(ledger).toMatchObject({ dropped: 0, refused: 0 });
  });

  it("leaves no process behind when it is itself killed", async () => {
    const headgate = await started();
    headgate.process.kill("SIGKILL");
    await waitFor("both processes to end", () => ![headgate.serverPid, headgate.collectors[0].pid].some(isAlive), { timeoutMs: 20_000 });
  });

  it.each(["HEADGATE_HTTP_PORT", "HEADGATE_FLEET_PORT", "HEADGATE_OTLP_GRPC_PORT", "HEADGATE_METRICS_PORT"])(
    "says in one line that the port of %s is in use, and ends with 2",
    async (name) => {
      await withTakenPort(async (port) => {
        const { code, lines } = await refused({ [name]: `${port}` });
        expect(code, lines.join("\n")).toBe(2);
        const about = lines.filter((line) => line.includes(`${port}`));
        expect(about, lines.join("\n")).toHaveLength(1);
        expect(lines.join("\n")).not.toMatch(/\n\s+at /);
      });
    },
  );

  it("says which variable is wrong, or that the database can't be reached, and ends with 2", async () => {
    const unknown = await refused({ HEADGATE_HTPP_PORT: "3000" });
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.lines.join("\n")).toContain("HEADGATE_HTPP_PORT");
    const bad = await refused({ HEADGATE_FLEET_PORT: "many" });
    expect(bad).toMatchObject({ code: 2 });
    expect(bad.lines.join("\n")).toContain("HEADGATE_FLEET_PORT");
    const database = await refused({ DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none" });
    expect(database).toMatchObject({ code: 2 });
    expect(database.lines.join("\n")).toMatch(/database/i);
    expect(database.lines.join("\n")).not.toMatch(/\n\s+at /);
  });
});
