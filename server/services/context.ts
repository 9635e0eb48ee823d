import type { ProviderCheck } from "#domain/auth/providerCheck.ts";
import type { Role, RoleGrants } from "#domain/auth/role.ts";
import type { Scope } from "#domain/auth/scopes.ts";
import type { ProfileRequest } from "#domain/fleet/profileRequest.ts";
import type { NotifyEvent } from "#domain/notify/events.ts";
import type { MeasuredLoad } from "#domain/pipeline/checkAgainstPeak.ts";
import type { CollectorRow, LiveEvent, LiveHistory, LiveTopic, TierRate } from "#domain/telemetry/live.ts";
import type { AuditOrigin } from "../db/audit.ts";
import type { Database } from "../db/database.ts";
import type { SealPort } from "../db/secretBox.ts";
import type { RolloutScopes } from "./rollouts/rolloutScopes.ts";
import type { Slots } from "./slots.ts";

/** `role` holds everywhere, `grants` in single groups besides. */
export type Person = { id: string; name: string; email: string; role: Role; grants: RoleGrants };

/** A token in the words of its owner; what it may is `scopes`, within the owner's role. */
export type ActingToken = { id: string; name: string; scopes: Scope[]; expiresAtMs: number };

/** Who is calling: a signed-in person, a person's API token, nobody, or the control plane itself (first boot, jobs, the fleet channel). */
export type Actor =
  | ({ kind: "person"; sessionId: string } & Person)
  | ({ kind: "token"; token: ActingToken } & Person)
  | { kind: "nobody" }
  | { kind: "system"; name: string };

/** What services need from the live side. The live hub implements it; services never import the hub. */
export type LivePort = {
  rows(): CollectorRow[];
  row(collectorId: string): CollectorRow | null;
  history(scope: { kind: "fleet" } | { kind: "collector"; id: string }): LiveHistory;
  subscribe(topics: LiveTopic[], signal: AbortSignal): AsyncIterable<LiveEvent>;
  /** Counts per tier over the last 10 s, fleet-wide or of the collectors named; null when none of them reported. */
  tierRates(collectorIds?: readonly string[]): TierRate[] | null;
  everReceived(): boolean;
  /** What collectors kept by the second, of those that report to this process; null when none of them has a measured second. */
  load(): MeasuredLoad | null;
};

/** `explanation` is JSON as the collector sent it, not checked yet; `problem` says why there is none. */
export type ExplainAnswer = { ok: true; explanation: string } | { ok: false; problem: string };

/** `bytes`: gzipped pprof as the collector sent it; `problem` says why there is none. */
export type ProfileAnswer = { ok: true; bytes: Uint8Array } | { ok: false; problem: string };

/** What services need from the fleet channel. */
export type FleetPort = {
  isConnected(collectorId: string): boolean;
  checkExport(collectorId: string, exportJson: string, timeoutMs: number): Promise<{ ok: boolean; message: string; tookMs: number }>;
  /** Asks a collector about a trace, also one that another replica holds. Never rejects; when `signal` aborts nobody waits any longer. */
  explain(collectorId: string, traceId: string, timeoutMs: number, signal?: AbortSignal): Promise<ExplainAnswer>;
  /** Has a collector that this process holds record a profile of itself. Never rejects; when `signal` aborts the collector gives it up. */
  profile(collectorId: string, request: ProfileRequest, signal?: AbortSignal): Promise<ProfileAnswer>;
  disconnect(collectorId: string, reason: string): void;
};

export type SampleTrafficState = { state: "running" | "stopped"; targets: number };
export type SampleTrafficPort = { start(): SampleTrafficState; stop(): SampleTrafficState; current(): SampleTrafficState };

/** What services need from single sign-on. `tests`: how many providers may be tested at the same time. */
export type SignOnPort = {
  redirectUri(): string;
  /** Never rejects: what is wrong is in the checks. */
  test(access: { issuer: string; clientId: string; clientSecret: string | null; scopes: readonly string[] }): Promise<ProviderCheck[]>;
  tests: Slots;
};

/** What services need to send a message: the try and what came of it. Never rejects. */
export type WebhookPort = {
  send(message: {
    id: string;
    url: string;
    secrets: readonly string[];
    event: NotifyEvent;
  }): Promise<{ ok: boolean; status: number | null; body: string; error: string | null; tookMs: number }>;
};

export type Ports = {
  webhooks: WebhookPort;
  live: LivePort;
  fleet: FleetPort;
  /** How many traces may be looked up at the same time. */
  explains: Slots;
  /** How many profiles may be recorded at the same time. */
  profiles: Slots;
  sampleTraffic: SampleTrafficPort;
  signOn: SignOnPort;
  seal: SealPort;
  /** Who live rollouts are for, as long as nothing of it changes. */
  rolloutScopes: RolloutScopes;
  /** What services turned away, for the metrics. */
  counters: { rolloutsRefused: number };
  nowMs: () => number;
  /** A random text of at least 256 bits, safe in a URL. */
  newToken: () => string;
  publicUrl: () => string;
  fleetUrl: () => string;
  /** What other machines can reach without encryption, a sentence each. */
  openWithoutTls: () => string[];
};

/** `origin`: where the call came from, for the audit; the control plane's own have none. */
export type ServiceContext = { actor: Actor; db: Database; ports: Ports; origin?: AuditOrigin };
export type Call<Input> = { ctx: ServiceContext; input: Input };
