import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ExportSettings } from "#domain/pipeline/exportSettings.ts";
import { traceIdSchema } from "#domain/sampling/explanation.ts";
import { messageOf } from "./appError.ts";
import type { Clock } from "./clock.ts";
import { checkExport } from "./control/checkExport.ts";
import type { DataFolder } from "./control/dataFolder.ts";
import type { FleetDelegate } from "./control/fleetClient.ts";
import type { KeepAllKeeper } from "./control/keepAllKeeper.ts";
import { ProfileCommands } from "./control/profileCommands.ts";
import { redactedConfigJson } from "./control/redactConfig.ts";
import { ReplayReports } from "./control/replayReports.ts";
import { ShadowReports } from "./control/shadowReports.ts";
import { createExporter } from "./createExporter.ts";
import { createDiscardExporter } from "./deliver/discardExporter.ts";
import { DELIVERED, type Exporter } from "./deliver/exporter.ts";
import type { CollectorEnv } from "./env.ts";
import type { Log } from "./log.ts";
import { problemsText } from "./pipeline.ts";
import type { Plane } from "./plane/plane.ts";
import type { Replayer } from "./replay/replayer.ts";
import type { Profiler } from "./self/profiler.ts";
import { VERSION } from "./version.ts";

const COMMAND_LIMIT_MS = 15_000;
// google.protobuf enum values of ConfigReport.State.
const STATE = { applying: 1, applied: 2, failed: 3 } as const;

type Parts = {
  env: CollectorEnv;
  plane: Plane;
  profiler: Profiler;
  replayer: Replayer;
  data: DataFolder;
  keepAll: KeepAllKeeper;
  clock: Clock;
  log: Log;
  instanceUid: string;
  processStartMs: number;
  ports: { otlpGrpc: number; otlpHttp: number };
  /** The revision of the running configuration; 0 when it did not come from a control plane. */
  revision: { get(): number; set(revision: number): void };
};

/** What the control plane may ask of this collector: take a configuration, check a destination. */
export function createFleetDelegate(parts: Parts): FleetDelegate {
  const { env, plane, data, clock, log, ports, revision } = parts;
  const profiles = new ProfileCommands(parts.profiler);
  const shadows = new ShadowReports(plane, clock);
  const replays = new ReplayReports({ replayer: parts.replayer, plane, dataDir: env.dataDir, revision: revision.get });

  return {
    hello: () => ({
      instanceUid: parts.instanceUid,
      name: env.name,
      labels: env.labels,
      version: VERSION,
      runningRevision: revision.get(),
      runningHash: plane.hash,
      effectiveConfig: redactedConfigJson(plane.config),
      otlpGrpcEndpoint: httpUrl(env.otlp.host, ports.otlpGrpc),
      otlpHttpEndpoint: httpUrl(env.otlp.host, ports.otlpHttp),
      processStartMs: parts.processStartMs,
      capabilities: ["config", "measurements", "checkExport", "explain", "profile", "shadow", "replay", "keep-all"],
      nowMs: clock.unixMs(),
    }),

    async config({ revision: given, hash, body }, report) {
      const startedAt = clock.now();
      const number = given ?? 0;
      const about = { revision: number, hash: hash ?? "" };
      report({ ...about, state: STATE.applying });
      const applied = await applyBody(plane, body ?? "", number);
      const tookMs = clock.now() - startedAt;
      if (!applied.ok) {
        const reason = problemsText(applied.problems);
        log.logger.error({ revision: number, reason }, "the configuration from the control plane was refused; the running one stays");
        const [first] = applied.problems;
        report({
          ...about,
          state: STATE.failed,
          failingPath: first.path,
          reason: applied.problems.length === 1 ? first.message : reason,
          logLines: log.recentProblems(),
          tookMs,
        });
        return;
      }
      revision.set(number);
      log.logger.info({ revision: number, hash: applied.hash, changed: applied.changed, tookMs: Math.round(tookMs) }, "configuration applied");
      try {
        await data.writeLastGoodConfig({ revision: number, hash: applied.hash, config: plane.config });
      } catch (error) {
        log.logger.error({ reason: messageOf(error) }, "the configuration runs, but could not be kept on disk for the next start");
      }
      report({ ...about, state: STATE.applied, tookMs, effectiveConfig: redactedConfigJson(plane.config), carryOver: applied.carryOver });
    },

    shadow: (asked, report) => void shadows.take(asked, report),
    replay: (asked, report) => replays.take(asked, report),
    keepAll: ({ entries }) =>
      parts.keepAll.set((entries ?? []).map(({ id, condition, leftMs }) => ({ id, condition: parsed(condition), leftMs: leftMs ?? 0 }))),

    async command({ commandId, checkExport: check, explain, recordProfile, cancel }, send, gone) {
      const startedAt = clock.now();
      if (cancel) return profiles.cancel(cancel.commandId ?? "");
      if (recordProfile) return { commandId, ...(await profiles.record(commandId ?? "", recordProfile, send, gone)), tookMs: clock.now() - startedAt };
      if (explain) return { commandId, ...(await explained(explain.traceId ?? "")), tookMs: clock.now() - startedAt };
      const result = check
        ? await withinLimit(checkExport(check.export ?? "", buildForCheck), clock)
        : { ok: false, message: "this collector does not know the command" };
      return { commandId, ...result, tookMs: clock.now() - startedAt };
    },
  };

  async function explained(id: string): Promise<{ ok: boolean; message: string; explanation?: string }> {
    const traceId = traceIdSchema.safeParse(id);
    if (!traceId.success) return { ok: false, message: traceId.error.issues[0].message };
    return { ok: true, message: "", explanation: JSON.stringify(await plane.explain(traceId.data)) };
  }

  /** An archive is checked by writing beside it: opening the real one would count and shrink its files. */
  async function buildForCheck(settings: ExportSettings): Promise<Exporter> {
    if (settings.kind !== "archive") return (await createExporter(settings, env.dataDir, clock)).exporter;
    const folder = path.join(env.dataDir, "archive");
    const probe = path.join(folder, `check-${process.pid}.tmp`);
    return {
      ...createDiscardExporter(),
      async export() {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(probe, "check");
        await rm(probe);
        return DELIVERED;
      },
    };
  }
}

function parsed(json: string | null | undefined): unknown {
  try {
    return JSON.parse(json ?? "");
  } catch {
    return undefined;
  }
}

function applyBody(plane: Plane, body: string, revision: number) {
  let input: unknown;
  try {
    input = JSON.parse(body);
  } catch (error) {
    return Promise.resolve({ ok: false as const, problems: [{ path: "", message: `the configuration is not valid JSON: ${messageOf(error)}` }] });
  }
  return plane.apply(input, revision);
}

async function withinLimit<T>(work: Promise<T>, clock: Clock): Promise<T | { ok: false; message: string }> {
  const timeUp = Promise.withResolvers<{ ok: false; message: string }>();
  const cancel = clock.after(COMMAND_LIMIT_MS, () => timeUp.resolve({ ok: false, message: `there was no result within ${COMMAND_LIMIT_MS} ms` }));
  const result = await Promise.race([work, timeUp.promise]);
  cancel();
  return result;
}

export function httpUrl(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
