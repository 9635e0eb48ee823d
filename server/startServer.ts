// One piece of over 400 lines: what a control plane consists of is put together here, and stopped in the opposite order.
import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { createApiHandler } from "./api/apiHandler.ts";
import { createApiTokens } from "./auth/apiTokens.ts";
import { createAuth } from "./auth/auth.ts";
import { createAuthRoutes } from "./auth/authRoutes.ts";
import { createCallers } from "./auth/callers.ts";
import { FailedSignIns } from "./auth/failedSignIns.ts";
import { createSignInRecorder } from "./auth/recordSignIn.ts";
import { createSessions } from "./auth/sessions.ts";
import { checkProvider } from "./auth/sign-on/checkProvider.ts";
import { createOidcProvider } from "./auth/sign-on/oidcProvider.ts";
import { createSignOnRoutes, SIGN_ON_CALLBACK, SIGN_ONS_AT_ONCE_MAX } from "./auth/sign-on/signOnRoutes.ts";
import { SignInLimiter } from "./auth/signInLimiter.ts";
import { useOneTimeLink } from "./auth/useOneTimeLink.ts";
import { Closers } from "./closers.ts";
import { DataFolder } from "./dataFolder.ts";
import { createChanges } from "./db/changes.ts";
import { type Database, openDatabase } from "./db/database.ts";
import { startEmbeddedPostgres } from "./db/embedded-postgres/embeddedPostgres.ts";
import { readLivePrice } from "./db/livePriceSetting.ts";
import { migrate } from "./db/migrate.ts";
import type { Change } from "./db/notifyChange.ts";
import { createSecretBox } from "./db/secretBox.ts";
import { readSignOn } from "./db/signOnSetting.ts";
import type { ServerEnv } from "./env.ts";
import { toAppError } from "./errors/appError.ts";
import { StartError } from "./errors/startError.ts";
import { ExplainRelay } from "./fleet/explainRelay.ts";
import { FleetServer } from "./fleet/fleetServer.ts";
import { createAuditDownload } from "./http/auditDownload.ts";
import { createHttpServer } from "./http/httpServer.ts";
import { createPages, noPages } from "./http/pages.ts";
import { requestOrigin } from "./http/requestOrigin.ts";
import { createRoutes } from "./http/routes.ts";
import { serverMetrics } from "./http/serverMetrics.ts";
import { toHeaders } from "./http/webRequest.ts";
import { every } from "./jobs/every.ts";
import { startJobs } from "./jobs/startJobs.ts";
import type { Log } from "./log.ts";
import { OpenStreams } from "./openStreams.ts";
import { openWithoutTls } from "./openWithoutTls.ts";
import { AUDIT_EXPORTS_AT_ONCE_MAX } from "./services/audit/exportAudit.ts";
import { PROFILES_AT_ONCE_MAX } from "./services/collectors/recordProfile.ts";
import type { Actor, Ports, ServiceContext } from "./services/context.ts";
import { allowedCollectors } from "./services/fleet-channel/allowedCollectors.ts";
import { EXPLAINS_AT_ONCE_MAX } from "./services/live/explainTrace.ts";
import { RolloutScopes } from "./services/rollouts/rolloutScopes.ts";
import { loopbackTargets } from "./services/sample-traffic/loopbackTargets.ts";
import { TrafficProcess } from "./services/sample-traffic/trafficProcess.ts";
import { ensureLocalToken } from "./services/setup/ensureLocalToken.ts";
import { renewNewestHash } from "./services/setup/renewNewestHash.ts";
import { renewOwnerLink } from "./services/setup/renewOwnerLink.ts";
import { seedFirstBoot } from "./services/setup/seedFirstBoot.ts";
import { SIGN_ON_TESTS_AT_ONCE_MAX } from "./services/sign-on/testSignOn.ts";
import { Slots } from "./services/slots.ts";
import { readDirectory } from "./telemetry/collectorDirectory.ts";
import { LiveHub } from "./telemetry/liveHub.ts";
import { createTrpcHandler } from "./trpc/trpcHandler.ts";
import { createWebhookSender } from "./webhooks/webhookSender.ts";

export type StartOptions = { env: ServerEnv; demo: boolean; pages: boolean; log: Log };
export type RunningServer = { http: string; fleet: string; setupUrl: string | null; dataDir: string; stop: () => Promise<void>; stopAtOnce: () => void };

const STEP_DEADLINE_MS = 3_000;
const SESSIONS_CHECKED_EVERY_MS = 60_000;
const SYSTEM: Actor = { kind: "system", name: "Headgate" };

/** Puts the control plane together and starts it. When a step fails, what was started before is stopped again. */
export async function startServer({ env, demo, pages: withPages, log }: StartOptions): Promise<RunningServer> {
  const closers = new Closers((message) => log.warn(message));
  try {
    return await start();
  } catch (error) {
    await closers.closeAll(STEP_DEADLINE_MS);
    throw error;
  }

  async function start(): Promise<RunningServer> {
    const replica = randomUUID();
    const nowMs = Date.now;
    const folder = new DataFolder(env.HEADGATE_DATA_DIR);
    closers.add("data folder", () => folder.release());

    let httpUrl = `http://${urlHost(env.HEADGATE_HTTP_HOST)}:${env.HEADGATE_HTTP_PORT}`;
    let fleetUrl = "";
    const publicUrl = () => env.HEADGATE_PUBLIC_URL ?? httpUrl;
    const behindProxy = env.HEADGATE_PUBLIC_URL !== undefined;
    const http = createHttpServer({ publicUrl, onError: (error, path) => log.error({ err: error, path }, "a request failed") });
    const httpPort = await listenOrExplain(
      () => http.listen(env.HEADGATE_HTTP_HOST, env.HEADGATE_HTTP_PORT),
      "HEADGATE_HTTP_PORT",
      env.HEADGATE_HTTP_HOST,
      env.HEADGATE_HTTP_PORT,
    );
    httpUrl = `http://${urlHost(env.HEADGATE_HTTP_HOST)}:${httpPort}`;
    closers.add("http", () => http.stop(1_500));

    const postgres = env.DATABASE_URL ? null : await startEmbeddedPostgres(folder.dir, (message) => log.warn(message));
    if (postgres) closers.add("Postgres", () => postgres.stop(STEP_DEADLINE_MS - 100));
    const databaseUrl = env.DATABASE_URL ?? postgres?.url ?? "";
    const applied = await reachable(() => migrate(databaseUrl), databaseUrl);
    if (applied.length > 0) log.info({ applied }, "migrations applied");
    const db: Database = openDatabase({ url: databaseUrl });
    closers.add("database pool", () => db.$disconnect());

    const secret = env.HEADGATE_SECRET ?? folder.secret();
    const hub = new LiveHub({ nowMs, replica, onWatched: (watched) => fleet.setWatched(watched) });
    const traffic = new TrafficProcess({
      targets: () => loopbackTargets(hub.rows()),
      pidFile: folder.path("sample-traffic.pid"),
      log,
      onChanged: ({ state }) => hub.setSampleTraffic(state),
    });
    closers.add("sample traffic", () => traffic.close());
    const seal = createSecretBox(secret);
    const signOnRedirectUri = () => new URL(SIGN_ON_CALLBACK, publicUrl()).href;
    const ports: Ports = {
      live: hub,
      fleet: {
        isConnected: (id) => fleet.isConnected(id),
        checkExport: (id, json, timeoutMs) => fleet.checkExport(id, json, timeoutMs),
        explain: (id, ...rest) => (fleet.isConnected(id) ? fleet.explainHere(id, ...rest) : relay.explain(id, ...rest)),
        profile: (id, request, signal) => fleet.profile(id, request, signal),
        disconnect: (id, reason) => fleet.disconnect(id, reason),
      },
      explains: new Slots(EXPLAINS_AT_ONCE_MAX),
      profiles: new Slots(PROFILES_AT_ONCE_MAX),
      sampleTraffic: traffic,
      webhooks: createWebhookSender({ publicUrl, nowMs, allowPrivate: env.HEADGATE_WEBHOOKS_PRIVATE === "allow" }),
      signOn: {
        redirectUri: signOnRedirectUri,
        test: ({ scopes, ...access }) => checkProvider(access, scopes, signOnRedirectUri()),
        tests: new Slots(SIGN_ON_TESTS_AT_ONCE_MAX),
      },
      seal,
      rolloutScopes: new RolloutScopes(),
      counters: { rolloutsRefused: 0 },
      nowMs,
      newToken: () => randomBytes(32).toString("base64url"),
      publicUrl,
      fleetUrl: () => fleetUrl,
      openWithoutTls: () => openWithoutTls(env),
    };
    const system: ServiceContext = { actor: SYSTEM, db, ports };
    const fleet = new FleetServer({ ctx: system, hub, replica, log, onConnectionsChanged: () => traffic.retarget() });

    const relay = new ExplainRelay({ ctx: system, replica, explainHere: (...question) => fleet.explainHere(...question), log });

    const auth = createAuth({ db, secret, publicUrl: publicUrl(), report: (message) => log.error(message) });
    const limiter = new SignInLimiter(nowMs);
    const failedSignIns = new FailedSignIns(nowMs);
    const sessions = createSessions({ auth, db, nowMs });
    const tokenLimiter = new SignInLimiter(nowMs);
    const failedTokens = new FailedSignIns(nowMs);
    const recorder = createSignInRecorder(db, failedSignIns, failedTokens);
    const callers = createCallers({
      sessions,
      apiTokens: createApiTokens({ db, nowMs, limiter: tokenLimiter, refused: recorder.tokenRefused }),
    });
    const callerOf = (req: IncomingMessage) => callers.callerOf(toHeaders(req), requestOrigin(req, behindProxy));
    const signOns = new Slots(SIGN_ONS_AT_ONCE_MAX);
    const signOn = createSignOnRoutes({
      auth,
      db,
      seal,
      provider: createOidcProvider({ nowMs }),
      recorder,
      sessions,
      slots: signOns,
      publicUrl,
      nowMs,
      report: (message) => log.warn(message),
    });
    const contextOf = async (req: IncomingMessage): Promise<ServiceContext> => {
      return { actor: await callerOf(req), db, ports, origin: requestOrigin(req, behindProxy) };
    };
    const auditExports = new Slots(AUDIT_EXPORTS_AT_ONCE_MAX);
    const streams = new OpenStreams();
    const recheckStreams = () => {
      callers.forgetAll();
      return streams.recheck(async (req) => (await callerOf(req).catch(nobodyIfRefused)).kind !== "nobody");
    };

    if (await seedFirstBoot({ ctx: system, input: { demo } })) log.info("first start: keep everything, in the local archive");
    // A stored configuration that this version can't put together must not keep anybody from the pages where it can be put right.
    const hashes = await renewNewestHash({ ctx: system }).catch((error) => log.error({ err: error }, "the hashes of what runs could not be renewed"));
    for (const one of hashes?.renewed ?? []) log.info(one, "this version knows more settings: a revision that runs has another hash now");
    for (const one of hashes?.invalid ?? []) log.error(one, "a revision that runs can't be put together; collectors go on with what they have");
    folder.writeLocalToken(await ensureLocalToken({ ctx: system, input: { atHand: folder.localToken() } }));
    const setupUrl = await renewOwnerLink({ ctx: system });

    const background = (work: Promise<unknown>) =>
      void work.catch((error) =>
        log.warn(
          { reason: toAppError(error).message, code: toAppError(error).code, err: toAppError(error).code === "INTERNAL" ? error : undefined },
          "work in the background failed",
        ),
      );
    const refreshDirectory = coalesced(50, async () => hub.setDirectory(await readDirectory(db, nowMs())), background);
    const deliver = coalesced(0, () => fleet.deliverToAll(), background);
    // A change that reaches a whole fleet touches each collector once or twice: what follows from it is looked up for all of them together.
    const keepAll = coalesced(50, () => fleet.keepAllToAll(), background);
    const allowed = (collectorIds: string[]) => allowedCollectors({ ctx: system, input: { collectorIds } });
    const touched = new Set<string>();
    const recheckTouched = coalesced(
      50,
      async () => {
        const ids = [...touched];
        touched.clear();
        await fleet.recheck(ids, allowed).catch((error) => {
          for (const id of ids) touched.add(id);
          throw error;
        });
      },
      background,
    );
    const readPrice = async () => hub.setPrice((await readLivePrice(db)).price);
    const changes = createChanges(databaseUrl, {
      onUp() {
        hub.setDatabase("up");
        refreshDirectory();
        ports.rolloutScopes.forget();
        deliver();
        keepAll();
        for (const id of hub.connectedIds()) touched.add(id);
        recheckTouched();
        background(Promise.all([readPrice(), fleet.reports.write(), fleet.shadows.deliver(), recheckStreams()]));
      },
      onDown(error) {
        log.warn({ reason: error?.message }, "the database can't be reached; live data goes on, saving does not");
        hub.setDatabase("down");
      },
      onChange({ entity, id }: Change) {
        // A rollout's own steps come as `revision` where they change what somebody runs.
        if (entity === "revision" || entity === "group") deliver();
        if (entity === "revision" || entity === "group" || entity === "collector" || entity === "rollout") ports.rolloutScopes.forget();
        if (entity === "shadow") background(fleet.shadows.deliver());
        if (entity === "breakGlass" || entity === "collector") keepAll();
        if (entity === "prices") background(readPrice());
        if (entity === "person" || entity === "apiToken") background(recheckStreams());
        if (entity === "collector" && id && fleet.isConnected(id)) {
          touched.add(id);
          recheckTouched();
        }
        if (entity === "collector" || entity === "revision" || entity === "group") refreshDirectory();
        hub.changed(entity, id);
      },
      onReplicaMessage({ kind, id, to }) {
        if (to !== replica) return;
        if (kind === "question") relay.question(id);
        else relay.answer(id);
      },
    });
    hub.setDirectory(await readDirectory(db, nowMs()));
    await readPrice();
    changes.start();
    closers.add("changes", () => changes.stop());
    const jobs = startJobs({
      ctx: system,
      hub,
      replica,
      onError: (error) =>
        log.warn(
          { reason: toAppError(error).message, err: toAppError(error).code === "INTERNAL" ? error : undefined },
          "a job failed; it is tried again at its next turn",
        ),
    });
    closers.add("jobs", () => jobs.stop());
    const sessionChecks = every(SESSIONS_CHECKED_EVERY_MS, recheckStreams, (error) =>
      log.warn({ reason: toAppError(error).message }, "sessions of open streams could not be checked"),
    );
    closers.add("session checks", () => sessionChecks.stop());

    const pages = withPages ? await createPages(log) : noPages("pages were left out with --no-pages");
    closers.add("pages", () => pages.stop());
    http.setRoutes(
      createRoutes({
        publicUrl,
        behindProxy,
        authRoutes: createAuthRoutes({
          auth,
          limiter,
          recorder,
          signOn,
          passwordsOff: async () => (await readSignOn(db))?.settings.passwords === "off",
          onSignedOut: () => background(recheckStreams()),
        }),
        setUp: (input, from) => useOneTimeLink({ auth, db, nowMs, input, from }),
        trpc: createTrpcHandler(async (req) => ({
          ...(await contextOf(req)),
          report: (error, path) => log.error({ err: error, path }, "a procedure failed"),
        })),
        auditDownload: createAuditDownload(contextOf, auditExports),
        api: createApiHandler({
          contextOf,
          requestIdOf: (req) => requestOrigin(req, behindProxy).requestId,
          auditExports,
          report: (error, path, requestId) => log.error({ err: error, path, requestId }, "a request to the API failed"),
        }),
        onStream: (req, res) => streams.add(req, res),
        isReady: () => hub.database.state === "up" && fleetUrl !== "",
        metrics: serverMetrics({
          hub,
          fleet,
          limiter,
          tokenLimiter,
          failedSignIns,
          failedTokens,
          explains: ports.explains,
          profiles: ports.profiles,
          services: ports.counters,
          auditExports,
          signOns,
          relay,
        }),
        pages: pages.handle,
      }),
    );

    // Once more, so that in order of stopping it comes before what it needs; stopping it twice does no harm.
    closers.add("http", () => http.stop(1_500));
    const fleetPort = await listenOrExplain(
      () => fleet.listen(env.HEADGATE_FLEET_HOST, env.HEADGATE_FLEET_PORT),
      "HEADGATE_FLEET_PORT",
      env.HEADGATE_FLEET_HOST,
      env.HEADGATE_FLEET_PORT,
    );
    fleetUrl = `http://${fleetHost(env)}:${fleetPort}`;
    closers.add("fleet channel", () => fleet.stop(1_500));
    closers.add("questions to other replicas", () => relay.stop());
    hub.start();
    closers.add("live hub", () => hub.stop());
    if (demo) traffic.start();
    for (const sentence of openWithoutTls(env)) log.warn(sentence);
    return {
      http: httpUrl,
      fleet: `http://${urlHost(env.HEADGATE_FLEET_HOST)}:${fleetPort}`,
      setupUrl,
      dataDir: folder.dir,
      stop: () => closers.closeAll(STEP_DEADLINE_MS),
      stopAtOnce() {
        const pid = postgres?.pid();
        if (pid) process.kill(pid, "SIGINT");
      },
    };
  }
}

function nobodyIfRefused(error: unknown): { kind: "nobody" } {
  if (toAppError(error).code !== "UNAUTHENTICATED") throw error;
  return { kind: "nobody" };
}

/** Several calls within so long become one; one that comes while it runs makes it run once more. */
function coalesced(withinMs: number, work: () => Promise<void>, background: (work: Promise<unknown>) => void): () => void {
  let timer: NodeJS.Timeout | null = null;
  let running = false;
  let again = false;
  const run = async () => {
    timer = null;
    running = true;
    try {
      await work();
    } finally {
      running = false;
      if (again) schedule();
    }
  };
  const schedule = () => {
    again = running;
    if (!timer && !running) timer = setTimeout(() => background(run()), withinMs).unref();
  };
  return schedule;
}

async function listenOrExplain(listen: () => Promise<number>, variable: string, host: string, port: number): Promise<number> {
  try {
    return await listen();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const reason = /EADDRINUSE/.test(message)
      ? `port ${port} on ${host} is in use`
      : /EACCES/.test(message)
        ? `port ${port} on ${host} may not be used by this account`
        : message;
    throw new StartError(`${reason}; stop what uses it, or set ${variable} to another port (0 takes any free one)`, error);
  }
}

async function reachable<T>(work: () => Promise<T>, databaseUrl: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StartError) throw error;
    const { host, pathname } = new URL(databaseUrl);
    throw new StartError(
      `the database ${host}${pathname} can't be used: ${error instanceof Error ? error.message || error.name : String(error)}; check DATABASE_URL, or unset it to use the embedded Postgres`,
      error,
    );
  }
}

/** An address that stands for all of them is none to connect to. */
function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

function fleetHost(env: ServerEnv): string {
  const isOpen = env.HEADGATE_FLEET_HOST === "0.0.0.0" || env.HEADGATE_FLEET_HOST === "::";
  return isOpen && env.HEADGATE_PUBLIC_URL ? new URL(env.HEADGATE_PUBLIC_URL).hostname : urlHost(env.HEADGATE_FLEET_HOST);
}
