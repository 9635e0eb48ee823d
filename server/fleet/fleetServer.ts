import { randomUUID } from "node:crypto";
import { logVerbosity, Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, setLogVerbosity, status } from "@grpc/grpc-js";
import type { ProfileRequest } from "#domain/fleet/profileRequest.ts";
import { AppError, toAppError } from "../errors/appError.ts";
import { keepAllFor } from "../services/break-glass/keepAllFor.ts";
import type { ExplainAnswer, FleetPort, ProfileAnswer, ServiceContext } from "../services/context.ts";
import { assignments } from "../services/fleet-channel/assignments.ts";
import { authenticateCollector } from "../services/fleet-channel/authenticateCollector.ts";
import { configBody } from "../services/fleet-channel/configBody.ts";
import { enrolCollector } from "../services/fleet-channel/enrolCollector.ts";
import { configReportSchema, helloSchema } from "../services/fleet-channel/helloInput.ts";
import { recordConfigReports } from "../services/fleet-channel/recordConfigReports.ts";
import { recordDisconnect } from "../services/fleet-channel/recordDisconnect.ts";
import { recordHello } from "../services/fleet-channel/recordHello.ts";
import { parseInput } from "../services/parseInput.ts";
import { problemOf } from "../telemetry/collectorDirectory.ts";
import type { LiveHub } from "../telemetry/liveHub.ts";
import { Admission } from "./admission.ts";
import { CollectorSession, type FleetStream } from "./collectorSession.ts";
import { ConfigReports } from "./configReports.ts";
import { type CollectorMessageFields, type EnrolRequestFields, type EnrolResponseFields, FLEET_SERVICE } from "./fleetMethods.ts";
import { toConfigReportInput, toHelloInput, toMeasurement } from "./fromProtobuf.ts";
import { ShadowDelivery } from "./shadowDelivery.ts";
import { toStatus } from "./toStatus.ts";

export const SESSIONS_MAX = 1_000;
const WATCHED_INTERVAL_MS = 1_000;
const UNWATCHED_INTERVAL_MS = 10_000;
const HELLO_WITHIN_MS = 10_000;
const MEASUREMENTS_PER_BATCH_MAX = 1_000;
const MESSAGE_BYTES_MAX = 16_777_216;
/** What a collector may take to put a profile together, which a busy one does beside its work. */
const PROFILE_MARGIN_MS = 20_000;
const GOODBYE_RECONNECT_MS = 1_000;

export type FleetServerOptions = {
  /** Acts as the control plane itself, on whatever services the channel needs. */
  ctx: ServiceContext;
  hub: LiveHub;
  replica: string;
  log: Record<"info" | "warn" | "error", (fields: object, message: string) => void>;
  onConnectionsChanged: () => void;
};

// Whatever the library would print, we are told as an error, and say in our own words.
setLogVerbosity(logVerbosity.NONE);

/** The gRPC side of the control plane: enrolment, one stream per collector, delivery of what each shall run. */
export class FleetServer implements Omit<FleetPort, "explain"> {
  readonly #options: FleetServerOptions;
  readonly #server: Server;
  readonly #sessions = new Map<string, CollectorSession>();
  readonly #admission: Admission;
  /** Policies that collectors try beside what they run. */
  readonly shadows: ShadowDelivery;
  /** What collectors say of the configurations that they were sent, on its way to the database. */
  readonly reports: ConfigReports;
  #lookUps = 0;
  #streams = 0;
  readonly counters = { refusedBusy: 0, refusedFull: 0, malformed: 0, configsSent: 0, configsInvalid: 0 };

  constructor(options: FleetServerOptions) {
    this.#options = options;
    this.shadows = new ShadowDelivery({ ctx: options.ctx, sessions: () => this.#sessions.values(), log: options.log });
    this.reports = new ConfigReports({
      write: (input) => recordConfigReports({ ctx: options.ctx, input }),
      collectorsMax: SESSIONS_MAX,
      log: options.log,
    });
    this.#admission = new Admission({ perSecond: 50, burst: 200, nowMs: options.ctx.ports.nowMs });
    this.#server = new Server({
      "grpc.max_receive_message_length": MESSAGE_BYTES_MAX,
      "grpc.max_send_message_length": MESSAGE_BYTES_MAX,
      "grpc.keepalive_time_ms": 20_000,
      "grpc.keepalive_timeout_ms": 10_000,
      "grpc.max_concurrent_streams": 100,
    });
    this.#server.addService(FLEET_SERVICE, {
      enrol: (call: ServerUnaryCall<EnrolRequestFields, EnrolResponseFields>, answer: sendUnaryData<EnrolResponseFields>) =>
        void this.#enrol(call.request, call.getPeer(), answer),
      connect: (stream: FleetStream) => void this.#connect(stream),
    });
  }

  get connections(): number {
    return this.#sessions.size;
  }

  listen(host: string, port: number): Promise<number> {
    const address = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)));
    });
  }

  /** Says goodbye, so that collectors come back at their own pace, and waits for streams to end, at most so long. */
  async stop(deadlineMs: number): Promise<void> {
    for (const session of this.#sessions.values()) session.goodbye(GOODBYE_RECONNECT_MS, "the control plane is stopping");
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, deadlineMs);
    this.#server.tryShutdown(() => resolve());
    await promise;
    clearTimeout(timer);
    this.#server.forceShutdown();
    await this.shadows.stop();
    await this.reports.stop();
  }

  // --- what the rest of the control plane asks for ---

  isConnected(collectorId: string): boolean {
    return this.#sessions.has(collectorId);
  }

  checkExport(collectorId: string, exportJson: string, timeoutMs: number) {
    const session = this.#sessions.get(collectorId);
    return session
      ? session.checkExport(randomUUID(), exportJson, timeoutMs)
      : Promise.resolve({ ok: false, message: "the collector is not connected here", tookMs: 0 });
  }

  /** Of the collectors whose stream this process holds. */
  explainHere(collectorId: string, traceId: string, timeoutMs: number, signal?: AbortSignal): Promise<ExplainAnswer> {
    const session = this.#sessions.get(collectorId);
    return session
      ? session.explain(randomUUID(), traceId, timeoutMs, signal)
      : Promise.resolve({ ok: false, problem: "it is not connected at this moment; ask again" });
  }

  profile(collectorId: string, request: ProfileRequest, signal?: AbortSignal): Promise<ProfileAnswer> {
    const session = this.#sessions.get(collectorId);
    const elsewhere = "it is not connected to this process of the control plane at this moment; try again, or ask there where it is connected";
    return session
      ? session.profile(randomUUID(), request, request.seconds * 1_000 + PROFILE_MARGIN_MS, signal)
      : Promise.resolve({ ok: false, problem: elsewhere });
  }

  disconnect(collectorId: string, reason: string): void {
    this.#sessions.get(collectorId)?.refuse(status.UNAUTHENTICATED, reason);
  }

  setWatched(watched: boolean): void {
    for (const session of this.#sessions.values()) session.watch(watched ? WATCHED_INTERVAL_MS : UNWATCHED_INTERVAL_MS);
  }

  /** Looks up what each connected collector shall run now, and sends it to those that don't. */
  async deliverToAll(): Promise<void> {
    await this.#deliverTo([...this.#sessions.values()]);
  }

  /** Tells each connected collector what it shall keep in full from now on. */
  async keepAllToAll(): Promise<void> {
    await this.#keepAllTo([...this.#sessions.values()]);
  }

  /** Checks again that these may be connected: a credential may have been revoked, or a collector forgotten, through another replica. */
  async recheck(collectorIds: readonly string[], stillAllowed: (ids: string[]) => Promise<ReadonlySet<string>>): Promise<void> {
    const here = collectorIds.filter((id) => this.#sessions.has(id));
    if (here.length === 0) return;
    const allowed = await stillAllowed(here);
    for (const id of here) if (!allowed.has(id)) this.disconnect(id, "the credential was revoked");
  }

  // --- the wire ---

  async #enrol(request: EnrolRequestFields, peer: string, answer: sendUnaryData<EnrolResponseFields>): Promise<void> {
    try {
      this.#admit();
      const { token, instanceUid, name, labels, version } = request;
      const input = { token: token ?? "", instanceUid: instanceUid ?? "", name: name ?? "", labels: labels ?? {}, version: version ?? "" };
      const enrolled = await enrolCollector({ ctx: { ...this.#options.ctx, origin: { via: "fleet", ip: peer } }, input });
      this.#options.log.info({ collectorId: enrolled.collectorId, name }, "a collector enrolled");
      answer(null, enrolled);
    } catch (error) {
      answer(toStatus(error));
    }
  }

  #admit(): void {
    if (this.#admission.admit()) return;
    this.counters.refusedBusy++;
    throw new AppError("UNAVAILABLE", "too many collectors connect at the same time; try again with back-off");
  }

  async #connect(stream: FleetStream): Promise<void> {
    let session: CollectorSession | null = null;
    const end = () => session && this.#ended(session);
    this.#streams++;
    stream.once("close", () => this.#streams--);
    stream.on("error", end);
    stream.on("cancelled", end);
    stream.on("end", () => {
      end();
      stream.end();
    });
    const hello = nextMessage(stream, HELLO_WITHIN_MS);
    // When something else fails first, nobody waits for it any more.
    hello.catch(() => undefined);
    try {
      if (this.#streams > SESSIONS_MAX) {
        this.counters.refusedFull++;
        throw new AppError("TOO_MANY", `this control plane holds ${SESSIONS_MAX} collectors already`);
      }
      this.#admit();
      const credential = String(stream.metadata.get("authorization")[0] ?? "").replace(/^Bearer /, "");
      const { ctx, hub, replica } = this.#options;
      const { collectorId, instanceUid } = await authenticateCollector({ ctx, input: { credential } });
      const first = await hello;
      if (!first.hello) throw new AppError("INVALID", "the first message must be Hello");
      const input = parseInput(helloSchema, toHelloInput(first.hello));
      if (input.instanceUid !== instanceUid) throw new AppError("FORBIDDEN", "the credential belongs to another collector");
      const { labels } = await recordHello({ ctx, input: { collectorId, hello: input, replica, replaces: this.#sessions.has(collectorId) } });
      if (stream.destroyed || stream.cancelled) return;
      const opened = new CollectorSession(collectorId, stream, input);
      session = opened;
      this.#sessions.get(collectorId)?.goodbye(0, "a newer stream of this collector has taken over");
      this.#sessions.set(collectorId, session);
      const { name, version, runningRevision, runningHash, otlpGrpcEndpoint, otlpHttpEndpoint } = input;
      const { haveUntilMs } = hub.connected(
        collectorId,
        { name, labels, version, runningRevision, runningHash, otlpGrpcEndpoint, otlpHttpEndpoint },
        input.nowMs,
      );
      session.welcome(haveUntilMs);
      session.watch(hub.watched ? WATCHED_INTERVAL_MS : UNWATCHED_INTERVAL_MS);
      await this.#deliverTo([session]);
      await this.shadows.deliver();
      await this.#keepAllTo([session]);
      this.#options.onConnectionsChanged();
      stream.on("data", (message: CollectorMessageFields) => this.#received(opened, message));
      stream.resume();
    } catch (error) {
      if (!stream.destroyed) stream.emit("error", toStatus(error));
    }
  }

  async #deliverTo(sessions: readonly CollectorSession[]): Promise<void> {
    if (sessions.length === 0) return;
    const lookUp = ++this.#lookUps;
    const found = await assignments({ ctx: this.#options.ctx, input: { collectorIds: sessions.map(({ id }) => id) } });
    const bodies = new Map<number, string | null>();
    for (const session of sessions) {
      const assigned = found.get(session.id);
      if (!session.takeLookUp(lookUp) || !assigned || !session.wants(assigned)) continue;
      const { revision } = assigned;
      if (!bodies.has(revision)) bodies.set(revision, await this.#bodyOf(revision));
      const body = bodies.get(revision) ?? null;
      if (body === null || session.closed || !session.takeLookUp(lookUp)) continue;
      session.deliver(assigned, body);
      this.counters.configsSent++;
      this.#options.log.info({ collectorId: session.id, revision }, "configuration sent");
    }
  }

  async #keepAllTo(sessions: readonly CollectorSession[]): Promise<void> {
    if (sessions.length === 0) return;
    const lookUp = ++this.#lookUps;
    const { ctx } = this.#options;
    const found = await keepAllFor({ ctx, input: { collectorIds: sessions.map(({ id }) => id) } });
    for (const session of sessions) {
      const entries = found.get(session.id);
      if (entries !== undefined) session.keepAll(lookUp, entries, ctx.ports.nowMs());
    }
  }

  /** Null of one that this version can't put together: collectors of other groups get theirs all the same. */
  async #bodyOf(revision: number): Promise<string | null> {
    try {
      return await configBody({ ctx: this.#options.ctx, input: { revision } });
    } catch (error) {
      const { code, message } = toAppError(error);
      if (code !== "INTERNAL") throw error;
      this.counters.configsInvalid++;
      this.#options.log.error(
        { revision, reason: message, err: error },
        "a stored configuration can't be put together; its collectors go on with what they run",
      );
      return null;
    }
  }

  #received(session: CollectorSession, message: CollectorMessageFields): void {
    if (session.closed) return;
    try {
      if (message.measurements) this.#measurements(session, message.measurements);
      else if (message.configReport) this.#configReport(session, message.configReport);
      else if (message.commandChunk) session.piece(message.commandChunk.commandId ?? "", message.commandChunk.data ?? new Uint8Array());
      else if (message.shadowReport) this.shadows.reported(session, (message.shadowReport.shadowId ?? "").slice(0, 64), message.shadowReport.report ?? "");
      else if (message.commandResult) {
        const { commandId, ok, message: text, tookMs, explanation } = message.commandResult;
        session.answered(commandId ?? "", { ok: ok ?? false, message: (text ?? "").slice(0, 1_000), tookMs: tookMs ?? 0, explanation: explanation ?? "" });
      } else throw new AppError("INVALID", "a second Hello, or a message of an unknown kind");
    } catch (error) {
      this.counters.malformed++;
      const { code, details } = toStatus(error);
      this.#options.log.warn({ collectorId: session.id, reason: details }, "a collector sent something malformed; its stream was ended");
      session.refuse(code, details);
      this.#ended(session);
    }
  }

  #measurements(session: CollectorSession, batch: NonNullable<CollectorMessageFields["measurements"]>): void {
    const items = batch.items ?? [];
    if (items.length > MEASUREMENTS_PER_BATCH_MAX) throw new AppError("INVALID", `a batch may have at most ${MEASUREMENTS_PER_BATCH_MAX} measurements`);
    const { hub, ctx } = this.#options;
    const measurements = items.flatMap((item) => toMeasurement(item) ?? []);
    hub.counters.measurementsRefused += items.length - measurements.length;
    hub.measured(session.id, measurements, batch.nowMs || ctx.ports.nowMs());
  }

  #configReport(session: CollectorSession, fields: NonNullable<CollectorMessageFields["configReport"]>): void {
    const { hub, log } = this.#options;
    const report = parseInput(configReportSchema, toConfigReportInput(fields));
    const { revision, state, hash, tookMs, carryOver } = report;
    const problem = problemOf(report);
    if (state === "applied") session.applied(hash);
    if (state === "failed") session.failed();
    if (problem) log.warn({ collectorId: session.id, revision, problem }, "a collector refused a configuration");
    hub.reported(session.id, { revision, state, problem, hash, tookMs: state === "applying" ? null : tookMs, carryOver });
    this.reports.add({ collectorId: session.id, report });
  }

  #ended(session: CollectorSession): void {
    const lost = !session.closed;
    session.ended();
    if (this.#sessions.get(session.id) !== session) return;
    this.#sessions.delete(session.id);
    const { ctx, hub, replica, log, onConnectionsChanged } = this.#options;
    hub.disconnected(session.id);
    onConnectionsChanged();
    recordDisconnect({ ctx, input: { collectorId: session.id, replica, lost } }).catch((error) => {
      log.warn({ collectorId: session.id, reason: toStatus(error).details }, "that a collector disconnected could not be written down");
    });
  }
}

function nextMessage(stream: FleetStream, withinMs: number): Promise<CollectorMessageFields> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new AppError("INVALID", "no Hello came in time")), withinMs);
    stream.once("data", (message: CollectorMessageFields) => {
      clearTimeout(timer);
      // Nothing more is read until the session is ready to take it.
      stream.pause();
      resolve(message);
    });
    stream.once("close", () => {
      clearTimeout(timer);
      reject(new AppError("UNAVAILABLE", "the stream was closed"));
    });
  });
}
