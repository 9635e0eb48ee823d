import { createHash } from "node:crypto";
import { Client, type ClientDuplexStream, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { messageOf } from "../appError.ts";
import type { Clock } from "../clock.ts";
import type { DataFolder, Identity } from "./dataFolder.ts";
import { type CollectorMessageFields, type EnrolResponseFields, FLEET_METHODS, type ServerMessageFields } from "./fleetMethods.ts";
import type { MeasurementRing } from "./measurementRing.ts";
import { MeasurementSender } from "./measurementSender.ts";
import { reconnectDelayMs } from "./reconnect.ts";

const ENROL_TIMEOUT_MS = 10_000;
const GOODBYE_MAX_MS = 300_000;
/** A connection that lasted so long was a good one: the next failure starts from a short delay again. */
const STABLE_AFTER_MS = 10_000;
const MESSAGE_BYTES_MAX = 16_777_216;

type Stream = ClientDuplexStream<CollectorMessageFields, ServerMessageFields>;
type Log = { info(fields: object, message: string): void; warn(fields: object, message: string): void };

/** What the client asks of the collector. */
export type FleetDelegate = {
  /** The fields of Hello that only the collector knows. */
  hello(): NonNullable<CollectorMessageFields["hello"]>;
  /** Applies a configuration; `report` may be called several times (APPLYING, then APPLIED or FAILED). Never rejects. */
  config(config: NonNullable<ServerMessageFields["config"]>, report: (report: NonNullable<CollectorMessageFields["configReport"]>) => void): Promise<void>;
  /** Starts or stops a candidate policy beside the running one; `report` is called every few seconds while it runs. */
  shadow(shadow: NonNullable<ServerMessageFields["shadow"]>, report: (report: NonNullable<CollectorMessageFields["shadowReport"]>) => void): void;
  /** Starts or stops a candidate policy over what has been recorded; `report` is called every half second while it runs. */
  replay(replay: NonNullable<ServerMessageFields["replay"]>, report: (report: NonNullable<CollectorMessageFields["shadowReport"]>) => void): void;
  /** What is kept in full for a while: the whole list. Never rejects. */
  keepAll(list: NonNullable<ServerMessageFields["keepAll"]>): Promise<void>;
  /**
   * Answers a command within its own time limit; `send` takes what goes before the answer; `gone` aborts when the connection has ended. Undefined where there is nothing to
   * answer. Never rejects.
   */
  command(
    command: NonNullable<ServerMessageFields["command"]>,
    send: (message: CollectorMessageFields) => void,
    gone: AbortSignal,
  ): Promise<CollectorMessageFields["commandResult"] | undefined>;
};

type Parts = {
  url: URL;
  token: string | undefined;
  identity: Identity;
  data: DataFolder;
  ring: MeasurementRing;
  clock: Clock;
  random: () => number;
  log: Log;
  delegate: FleetDelegate;
};

/** Keeps one stream to the control plane open for as long as the collector runs. Whatever happens to it, forwarding goes on. */
export class FleetClient {
  #identity: Identity;
  #client: Client | undefined;
  #stream: Stream | undefined;
  #sender: MeasurementSender | undefined;
  #attempt = 0;
  #connectedAt: number | undefined;
  #cancelReconnect: (() => void) | undefined;
  #stopped = false;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#identity = parts.identity;
  }

  get connected(): boolean {
    return this.#connectedAt !== undefined;
  }

  start(): void {
    const { url } = this.#parts;
    const secure = url.protocol === "https:";
    this.#client = new Client(`${url.hostname}:${url.port || (secure ? 443 : 80)}`, secure ? credentials.createSsl() : credentials.createInsecure(), {
      "grpc.keepalive_time_ms": 10_000,
      "grpc.keepalive_timeout_ms": 5000,
      "grpc.keepalive_permit_without_calls": 1,
      "grpc.max_receive_message_length": MESSAGE_BYTES_MAX,
      "grpc.max_send_message_length": MESSAGE_BYTES_MAX,
      "grpc.initial_reconnect_backoff_ms": 200,
      "grpc.max_reconnect_backoff_ms": 2000,
    });
    void this.#connect(this.#client);
  }

  /** A new measurement is in the ring. */
  measured(): void {
    this.#sender?.measured();
  }

  /** Sends what is still unsent, ends the stream in order and waits for that at most so long. */
  async stop(deadlineMs: number): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancelReconnect?.();
    const stream = this.#stream;
    if (stream !== undefined) {
      this.#sender?.watch(1000);
      const ended = Promise.withResolvers<void>();
      stream.once("status", () => ended.resolve());
      stream.end();
      const cancel = this.#parts.clock.after(deadlineMs, ended.resolve);
      await ended.promise;
      cancel();
      stream.cancel();
    }
    this.#client?.close();
  }

  async #connect(client: Client): Promise<void> {
    try {
      if (this.#needsEnrolment()) await this.#enrol(client);
    } catch (error) {
      // A credential that this control plane gave earlier is worth a try before giving up on a token that it refuses.
      if (this.#identity.credential === undefined || this.#identity.fleetUrl !== this.#parts.url.href) return this.#failed("enrolment failed", error);
    }
    if (!this.#stopped) this.#openStream(client);
  }

  /** Also when the token or the control plane is another one than the credential came from: whoever started this wants to enrol anew. */
  #needsEnrolment(): boolean {
    const { token, url } = this.#parts;
    const { credential, enrolledWith, fleetUrl } = this.#identity;
    if (credential === undefined) return true;
    return token !== undefined && (enrolledWith !== fingerprint(token) || fleetUrl !== url.href);
  }

  async #enrol(client: Client): Promise<void> {
    const { token, url, data, delegate, clock, log } = this.#parts;
    if (token === undefined) throw new Error("this collector has no credential yet; set HEADGATE_ENROLMENT_TOKEN");
    const { instanceUid, name, labels, version } = delegate.hello();
    const { path, requestSerialize, responseDeserialize } = FLEET_METHODS.enrol;
    const { promise, resolve, reject } = Promise.withResolvers<EnrolResponseFields>();
    const deadline = clock.unixMs() + ENROL_TIMEOUT_MS;
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      { token, instanceUid, name, labels, version },
      new Metadata(),
      { deadline },
      (error, response) => {
        if (error !== null) reject(error);
        else if (!response?.credential) reject(new Error("the control plane gave no credential"));
        else resolve(response);
      },
    );
    const { credential, collectorId } = await promise;
    this.#identity = {
      instanceUid: this.#identity.instanceUid,
      credential: credential ?? undefined,
      collectorId: collectorId ?? undefined,
      fleetUrl: url.href,
      enrolledWith: fingerprint(token),
    };
    await data.writeIdentity(this.#identity);
    log.info({ collectorId }, "enrolled with the control plane");
  }

  #openStream(client: Client): void {
    const { clock, delegate, ring } = this.#parts;
    const metadata = new Metadata();
    metadata.set("authorization", `Bearer ${this.#identity.credential}`);
    const { path, requestSerialize, responseDeserialize } = FLEET_METHODS.connect;
    const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata);
    const sender = new MeasurementSender(stream, ring, clock.unixMs);
    let reconnectAfterMs: number | undefined;
    const gone = new AbortController();
    this.#stream = stream;
    this.#sender = sender;
    stream.on("data", (message: ServerMessageFields) => {
      if (message.welcome) this.#welcomed(sender, message.welcome.haveUntilMs ?? 0);
      else if (message.watch) sender.watch(message.watch.intervalMs ?? 0);
      else if (message.config) void delegate.config(message.config, (configReport) => write(this.#stream, { configReport }));
      else if (message.shadow) delegate.shadow(message.shadow, (shadowReport) => write(this.#stream, { shadowReport }));
      else if (message.replay) delegate.replay(message.replay, (shadowReport) => write(this.#stream, { shadowReport }));
      else if (message.keepAll) void delegate.keepAll(message.keepAll);
      else if (message.command) {
        const answering = delegate.command(message.command, (more) => write(stream, more), gone.signal);
        void answering.then((commandResult) => commandResult && write(stream, { commandResult }));
      } else if (message.goodbye) {
        reconnectAfterMs = Math.min(GOODBYE_MAX_MS, message.goodbye.reconnectAfterMs ?? 0);
        stream.end();
      }
    });
    // "status" follows every error and says the same.
    stream.on("error", () => {});
    stream.on("status", (ended) => {
      gone.abort(new Error("the connection to the control plane ended"));
      if (this.#stream !== stream) return;
      this.#stream = undefined;
      this.#sender = undefined;
      const error: Partial<ServiceError> = { code: ended.code, details: ended.details };
      if (ended.code === status.OK) this.#failed("the control plane ended the connection", undefined, reconnectAfterMs);
      else this.#failed("the connection to the control plane failed", error, reconnectAfterMs);
    });
    stream.write({ hello: delegate.hello() });
  }

  #welcomed(sender: MeasurementSender, haveUntilMs: number): void {
    this.#connectedAt = this.#parts.clock.now();
    this.#parts.log.info({ url: this.#parts.url.origin }, "connected to the control plane");
    sender.welcome(haveUntilMs);
  }

  /** One line per back-off step, never more. */
  #failed(what: string, error: unknown, reconnectAfterMs?: number): void {
    if (this.#stopped) return;
    const { clock, random, log, url } = this.#parts;
    if (this.#connectedAt !== undefined && clock.now() - this.#connectedAt >= STABLE_AFTER_MS) this.#attempt = 0;
    this.#connectedAt = undefined;
    const backoff = reconnectDelayMs(this.#attempt++, random);
    const delayMs = Math.round(reconnectAfterMs === undefined ? backoff : reconnectAfterMs + backoff * random());
    log.warn({ url: url.origin, reason: reasonOf(error), retryInMs: delayMs }, `${what}; forwarding goes on under the last good configuration`);
    this.#cancelReconnect = clock.after(delayMs, () => {
      if (this.#client !== undefined) void this.#connect(this.#client);
    });
  }
}

function write(stream: Stream | undefined, message: CollectorMessageFields): void {
  if (stream !== undefined && !stream.destroyed && stream.writable) stream.write(message);
}

function reasonOf(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  const { code, details } = error as Partial<ServiceError>;
  if (code === status.UNAUTHENTICATED || code === status.PERMISSION_DENIED) {
    return `the control plane refused the token or credential (revoked, expired or unknown): ${details}; create an enrolment token and set HEADGATE_ENROLMENT_TOKEN`;
  }
  return code === undefined ? messageOf(error) : `${status[code]}: ${details}`;
}

function fingerprint(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
