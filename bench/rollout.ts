// A stage of 500 collectors, each with a stream of its own: from the moment it opens until what the last one runs is written down, and what a rollout costs while it bakes.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type ServiceError, status } from "@grpc/grpc-js";
import pg from "pg";
import { startEmbeddedPostgres } from "#server/db/embedded-postgres/embeddedPostgres.ts";
import { createOwner } from "#tests/fixtures/api.ts";
import { temporaryFolder } from "#tests/fixtures/environment.ts";
import { type SimulatedCollector, simulateCollector } from "#tests/fixtures/simulatedCollector.ts";
import { waitFor } from "#tests/fixtures/waitFor.ts";
import { startServerProcess } from "#tests/integration/serverProcess.ts";

const GOAL_MS = 5_000;
const ENTERING_AT_ONCE = 8;
const BACK_AFTER_MS = 500;
const SPANS_PER_SECOND = 1_000;
const WATCHED_MS = 10_000;
const MS_PER_TICK = 10;
const LABEL = "bench";
const GATES = { p99RatioMax: null, queueShareMax: null, memoryBytesPerMinuteMax: null, refusedShareMax: null, keptShareWithinForecast: false };

type Run = { appliedMs: number; notedMs: number; cpu: Cpu };
export type RolloutReport = { bench: "rollout"; collectors: number; goalMs: number; goalMet: boolean; runs: Run[]; idle: Cpu; baking: Cpu };

const { values } = parseArgs({
  options: {
    json: { type: "string" },
    collectors: { type: "string", default: "500" },
    runs: { type: "string", default: "5" },
    /** A folder: the control plane writes a CPU profile there when it ends. */
    profile: { type: "string" },
  },
});
const collectors = Number(values.collectors);
const folder = temporaryFolder();
const postgres = await startEmbeddedPostgres(join(folder, "postgres"), () => {});
if (values.profile !== undefined) mkdirSync(values.profile, { recursive: true });
const server = await startServerProcess({
  env: {
    DATABASE_URL: postgres.url,
    HEADGATE_SECRET: "the secret of the benchmark's control plane",
    ...(values.profile !== undefined && { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${values.profile}` }),
  },
});
const postmasterPid = postgres.pid() ?? 0;
const database = new pg.Client({ connectionString: postgres.url });
const running: SimulatedCollector[] = [];
try {
  await database.connect();
  const report = await measure();
  const percent = (ms: number) => `${((ms / WATCHED_MS) * 100).toFixed(1)}%`;
  const seconds = (ms: number) => (ms / 1_000).toFixed(2);
  console.log(
    `rollout: a stage of ${collectors} collectors, each with its own stream and ${SPANS_PER_SECOND} spans/s measured each second; all on this machine`,
  );
  console.table(
    report.runs.map(({ appliedMs, notedMs, cpu }) => ({
      "opened → last APPLIED written, s": seconds(appliedMs),
      "opened → stage bakes, s": seconds(notedMs),
      "CPU-s of the control plane": seconds(cpu.server),
      "of Postgres": seconds(cpu.postgres),
    })),
  );
  for (const [what, { server: own, postgres: its }] of [["without a rollout", report.idle] as const, ["while one bakes", report.baking] as const])
    console.log(`${what}: ${percent(own)} of a core in the control plane, ${percent(its)} in Postgres`);
  console.log(
    `goal: median within ${GOAL_MS / 1_000} s: ${seconds(median(report.runs.map(({ appliedMs }) => appliedMs)))} s, ${report.goalMet ? "met" : "NOT met"}`,
  );
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
} finally {
  for (const one of running) one.stop();
  await database.end();
  await server.remove();
  await postgres.stop(5_000);
  rmSync(folder, { recursive: true, force: true });
}

async function measure(): Promise<RolloutReport> {
  const { trpc } = await createOwner(server);
  const token = readFileSync(join(server.dataDir, "local-enrolment-token"), "utf8").trim();
  const { id: groupId } = await trpc.groups.create.mutate({ name: LABEL, selector: `t=${LABEL}`, confirmed: true });
  const { id } = await trpc.policies.create.mutate({ name: LABEL, body: policy(1) });
  const { revision } = await trpc.revisions.start.mutate({ kind: "policy", id, version: 1, groupIds: [groupId] });
  const names = Array.from({ length: collectors }, (_, index) => `c${String(index).padStart(4, "0")}`);
  await Promise.all(Array.from({ length: ENTERING_AT_ONCE }, () => enterAll(names, token, revision)));
  await untilRunning(revision, 120_000);
  await pause(5_000);
  const idle = await cpuOfWatch();

  const runs: Run[] = [];
  let baking = idle;
  for (let run = 0; run < Number(values.runs); run++) {
    const baseVersion = run + 1;
    await trpc.policies.saveVersion.mutate({ id, baseVersion, body: policy(1 / (run + 2)) });
    const plan = {
      stages: [{ size: { kind: "share" as const, share: 1 }, bakeSeconds: 3_600 }],
      gates: { ...GATES, applyWithinSeconds: 120, windowSeconds: 1 },
    };
    const before = cpuMs();
    const { number } = await trpc.rollouts.start.mutate({ kind: "policy", id, version: baseVersion + 1, groupId, plan });
    const { rows } = await database.query<{ toRevision: number }>(`SELECT "toRevision" FROM "Rollout" WHERE "number" = $1`, [number]);
    const appliedAtMs = await untilRunning(rows[0].toRevision, 120_000);
    const [stage] = await waitFor("the stage to bake", async () => {
      const { stages } = await trpc.rollouts.get.query({ number });
      return stages[0].state === "baking" && stages;
    });
    const openedAtMs = stage.openedAtMs ?? Number.NaN;
    runs.push({ appliedMs: appliedAtMs - openedAtMs, notedMs: (stage.appliedAtMs ?? Number.NaN) - openedAtMs, cpu: since(before) });
    if (run === 0) baking = await cpuOfWatch();
    await trpc.rollouts.promote.mutate({ number });
    await waitFor("its end", async () => (await trpc.rollouts.get.query({ number })).phase === "completed");
    await pause(2_000);
  }
  const goalMet = median(runs.map(({ appliedMs }) => appliedMs)) <= GOAL_MS;
  return { bench: "rollout", collectors, goalMs: GOAL_MS, goalMet, runs, idle, baking };
}

/** One after the other, as long as there are names; one that is turned away for the moment comes again. */
async function enterAll(names: string[], token: string, from: number): Promise<void> {
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    try {
      running.push(await simulateCollector(server.fleet, token, { name, labels: { t: LABEL }, from, spansPerS: SPANS_PER_SECOND }));
    } catch (error) {
      if ((error as Partial<ServiceError>).code !== status.UNAVAILABLE) throw error;
      names.push(name);
      await pause(BACK_AFTER_MS);
    }
  }
}

/** When all of them run it by what is written down. */
async function untilRunning(revision: number, timeoutMs: number): Promise<number> {
  const run = async () => {
    const { rows } = await database.query<{ count: number }>(`SELECT count(*)::int AS "count" FROM "Collector" WHERE "runningRevision" = $1`, [revision]);
    return rows[0].count === collectors && Date.now();
  };
  return waitFor(`all to run revision ${revision}`, run, { timeoutMs, everyMs: 20 });
}

async function cpuOfWatch(): Promise<Cpu> {
  const before = cpuMs();
  await pause(WATCHED_MS);
  return since(before);
}

function since(before: Cpu): Cpu {
  const now = cpuMs();
  return { server: now.server - before.server, postgres: now.postgres - before.postgres };
}

type Cpu = { server: number; postgres: number };

/** User and system time in ms: of the control plane with all its threads, and of Postgres with all its processes. */
function cpuMs(): Cpu {
  return { server: ticksOf(server.process.pid).own * MS_PER_TICK, postgres: treeTicks(postmasterPid) * MS_PER_TICK };
}

function treeTicks(pid: number): number {
  const { own, ended } = ticksOf(pid);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
  return children.reduce((sum, child) => sum + treeTicks(Number(child)), own + ended);
}

function ticksOf(pid: number): { own: number; ended: number } {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ").map(Number);
    return { own: fields[11] + fields[12], ended: fields[13] + fields[14] };
  } catch {
    // One that has just ended; its parent has its time.
    return { own: 0, ended: 0 };
  }
}

function policy(ratio: number) {
  return { scope: "span" as const, tiers: [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio } }] };
}

function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
