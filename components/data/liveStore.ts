import type { LiveEvent, LiveTopic } from "#domain/telemetry/live.ts";

/** Distinct topics one tab may hold; further ones are turned away and counted. */
export const TOPICS_MAX = 32;
const RETOPIC_MS = 40;
const SILENCE_MS = 20_000;
const BACKOFF_FIRST_MS = 500;
const BACKOFF_MAX_MS = 15_000;

export type EventOf<T extends LiveTopic> = Extract<LiveEvent, { kind: T["kind"] }>;
export type Heard<E extends LiveEvent = LiveEvent> = { event: E; receivedAtMs: number };
export type LiveConnection = { state: "connecting" | "live" | "lost"; sinceMs: number /** Grows with each opening that follows a loss. */; epoch: number };

type Handlers = { onOpen: () => void; onEvent: (event: LiveEvent) => void; onFail: (error: unknown) => void };
/** Opens the one stream; returns what closes it. */
export type OpenStream = (topics: LiveTopic[], handlers: Handlers) => () => void;

type Clock = { now: () => number; setTimer: (run: () => void, ms: number) => () => void; random: () => number };
export type LiveStore = ReturnType<typeof createLiveStore>;

export function topicKey(topic: LiveTopic): string {
  return topic.kind === "collector" ? `collector:${topic.id}` : topic.kind;
}

function keyOfEvent(event: LiveEvent): string | null {
  if (event.kind === "collector") return `collector:${event.id}`;
  return event.kind === "fleet" || event.kind === "collectors" ? event.kind : null;
}

/**
 * The tab's single live subscription: components watch topics, the union of them is one stream, and its events fan out.
 * A change of topics replaces the stream (old closed first); a lost one is opened again with back-off and jitter.
 */
export function createLiveStore(open: OpenStream, clock: Clock) {
  const topics = new Map<string, { topic: LiveTopic; watchers: number }>();
  const latest = new Map<string, Heard>();
  const topicListeners = new Map<string, Set<() => void>>();
  const eventListeners = new Set<(event: LiveEvent) => void>();
  const connectionListeners = new Set<() => void>();
  let connection: LiveConnection = { state: "connecting", sinceMs: clock.now(), epoch: 0 };
  let closeStream: (() => void) | null = null;
  let streamKey: string | null = null;
  let cancelTimer: (() => void) | null = null;
  let cancelSilence: (() => void) | null = null;
  let attempt = 0;
  let opened = false;
  let turnedAway = 0;
  let closed = false;

  function setConnection(state: LiveConnection["state"]) {
    if (connection.state === state) return;
    const epoch = state === "live" && connection.state === "lost" ? connection.epoch + 1 : connection.epoch;
    connection = { state, sinceMs: clock.now(), epoch };
    for (const listener of connectionListeners) listener();
  }

  function schedule(ms: number) {
    cancelTimer?.();
    cancelTimer = clock.setTimer(() => {
      cancelTimer = null;
      connect();
    }, ms);
  }

  /** A fleet without collectors is silent and well, so silence only opens the stream anew; silence without ever an answer is a loss. */
  function hush() {
    cancelSilence?.();
    cancelSilence = clock.setTimer(() => {
      if (!opened) return fail();
      drop();
      connect();
    }, SILENCE_MS);
  }

  function drop() {
    cancelSilence?.();
    cancelSilence = null;
    closeStream?.();
    closeStream = null;
    streamKey = null;
  }

  function fail() {
    drop();
    setConnection("lost");
    const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** attempt);
    attempt += 1;
    schedule(ceiling / 2 + (clock.random() * ceiling) / 2);
  }

  function connect() {
    if (closed) return;
    const wanted = [...topics.keys()].sort().join(" ");
    if (streamKey === wanted) return;
    drop();
    if (topics.size === 0) return;
    streamKey = wanted;
    opened = false;
    let current = true;
    const close = open(
      [...topics.values()].map((entry) => entry.topic),
      {
        onOpen: () => {
          if (!current) return;
          attempt = 0;
          opened = true;
          setConnection("live");
          hush();
        },
        onEvent: (event) => {
          if (current) receive(event);
        },
        onFail: () => {
          if (!current) return;
          fail();
        },
      },
    );
    closeStream = () => {
      current = false;
      close();
    };
    hush();
  }

  function receive(event: LiveEvent) {
    attempt = 0;
    opened = true;
    setConnection("live");
    hush();
    const key = keyOfEvent(event);
    if (key !== null && topics.has(key)) {
      latest.set(key, { event, receivedAtMs: clock.now() });
      for (const listener of topicListeners.get(key) ?? []) listener();
    }
    for (const listener of eventListeners) listener(event);
  }

  function watch(topic: LiveTopic): () => void {
    const key = topicKey(topic);
    const entry = topics.get(key);
    if (entry) entry.watchers += 1;
    else if (topics.size >= TOPICS_MAX) {
      turnedAway += 1;
      return () => {};
    } else {
      topics.set(key, { topic, watchers: 1 });
      if (connection.state !== "lost") schedule(RETOPIC_MS);
    }
    let released = false;
    return () => {
      const held = topics.get(key);
      if (released || !held) return;
      released = true;
      held.watchers -= 1;
      if (held.watchers > 0) return;
      topics.delete(key);
      latest.delete(key);
      if (connection.state !== "lost") schedule(RETOPIC_MS);
    };
  }

  return {
    watch,
    latest: (topic: LiveTopic): Heard | undefined => latest.get(topicKey(topic)),
    onTopic(topic: LiveTopic, listener: () => void): () => void {
      const key = topicKey(topic);
      const listeners = topicListeners.get(key) ?? new Set();
      topicListeners.set(key, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) topicListeners.delete(key);
      };
    },
    onEvent(listener: (event: LiveEvent) => void): () => void {
      eventListeners.add(listener);
      return () => eventListeners.delete(listener);
    },
    connection: () => connection,
    onConnection(listener: () => void): () => void {
      connectionListeners.add(listener);
      return () => connectionListeners.delete(listener);
    },
    /** Tries at once instead of waiting for the back-off. */
    reconnectNow() {
      if (connection.state === "lost") schedule(0);
    },
    turnedAway: () => turnedAway,
    start() {
      closed = false;
      if (topics.size > 0) schedule(RETOPIC_MS);
    },
    close() {
      closed = true;
      cancelTimer?.();
      cancelTimer = null;
      drop();
    },
  };
}
