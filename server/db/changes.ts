import pg from "pg";
import { CHANGES_CHANNEL, type Change } from "./notifyChange.ts";
import { REPLICAS_CHANNEL, type ReplicaMessage } from "./notifyReplica.ts";

export type ChangesHandlers = {
  onChange: (change: Change) => void;
  /** Of all replicas, also what is for another one. */
  onReplicaMessage: (message: ReplicaMessage) => void;
  /** Connected, again or for the first time: whatever was read before may be old, read it again. */
  onUp: () => void;
  onDown: (error: Error | null) => void;
};

export type Changes = { start(): void; stop(): Promise<void>; isUp(): boolean };

const BACKOFF_MS = [100, 250, 500, 1_000, 2_000];
const PROBE_EVERY_MS = 5_000;
const PROBE_TIMEOUT_MS = 3_000;

/** One connection that listens for what replicas tell each other. It comes back by itself, and is the first to know when Postgres is gone. */
export function createChanges(url: string, handlers: ChangesHandlers): Changes {
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | null = null;
  let tries = 0;
  let stopped = true;
  let up = false;

  async function connect(): Promise<void> {
    timer = null;
    const next = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: 3_000,
      query_timeout: PROBE_TIMEOUT_MS,
      keepAlive: true,
      application_name: "headgate changes",
    });
    client = next;
    next.on("error", (error) => lost(next, error));
    next.on("end", () => lost(next, null));
    next.on("notification", ({ channel, payload }) => {
      const change = channel === CHANGES_CHANNEL ? parseChange(payload) : null;
      if (change) handlers.onChange(change);
      const message = channel === REPLICAS_CHANNEL ? parseReplicaMessage(payload) : null;
      if (message) handlers.onReplicaMessage(message);
    });
    try {
      await next.connect();
      await next.query(`LISTEN ${CHANGES_CHANNEL}; LISTEN ${REPLICAS_CHANNEL}`);
    } catch (error) {
      lost(next, error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (stopped || client !== next) return;
    tries = 0;
    up = true;
    handlers.onUp();
    probeLater(next);
  }

  function probeLater(of: pg.Client): void {
    timer = setTimeout(() => {
      of.query("SELECT 1").then(
        () => client === of && !stopped && probeLater(of),
        (error: Error) => lost(of, error),
      );
    }, PROBE_EVERY_MS);
    timer.unref();
  }

  function lost(of: pg.Client, error: Error | null): void {
    if (client !== of) return;
    client = null;
    if (timer) clearTimeout(timer);
    of.end().catch(() => undefined);
    if (stopped) return;
    const wasUp = up || tries === 0;
    up = false;
    if (wasUp) handlers.onDown(error);
    timer = setTimeout(connect, BACKOFF_MS[Math.min(tries++, BACKOFF_MS.length - 1)]);
  }

  return {
    start() {
      stopped = false;
      void connect();
    },
    async stop() {
      stopped = true;
      up = false;
      if (timer) clearTimeout(timer);
      const last = client;
      client = null;
      await last?.end().catch(() => undefined);
    },
    isUp: () => up,
  };
}

function parseChange(payload: string | undefined): Change | null {
  try {
    const { entity, id } = JSON.parse(payload ?? "") as Change;
    return typeof entity === "string" ? { entity, id: typeof id === "string" ? id : null } : null;
  } catch {
    return null;
  }
}

function parseReplicaMessage(payload: string | undefined): ReplicaMessage | null {
  try {
    const { kind, id, to } = JSON.parse(payload ?? "") as ReplicaMessage;
    return (kind === "question" || kind === "answer") && typeof id === "string" && typeof to === "string" ? { kind, id, to } : null;
  } catch {
    return null;
  }
}
