import type { Role } from "#domain/auth/role.ts";
import type { ProfileRequest } from "#domain/fleet/profileRequest.ts";
import type { MeasuredLoad } from "#domain/pipeline/checkAgainstPeak.ts";
import type { CollectorRow, LiveEvent, LiveHistory, LiveTopic, TierRate } from "#domain/telemetry/live.ts";
import type { Database } from "../db/database.ts";
import type { SealPort } from "../db/secretBox.ts";
import type { Slots } from "./slots.ts";

export type Person = { id: string; name: string; email: string; role: Role };

/** Who is calling: a signed-in person, nobody, or the control plane itself (first boot, jobs, the fleet channel). */
export type Actor = ({ kind: "person" } & Person) | { kind: "nobody" } | { kind: "system"; name: string };

/** What services need from the live side. The live hub implements it; services never import the hub. */
export type LivePort = {
  rows(): CollectorRow[];
  row(collectorId: string): CollectorRow | null;
  history(scope: { kind: "fleet" } | { kind: "collector"; id: string }): LiveHistory;
  subscribe(topics: LiveTopic[], signal: AbortSignal): AsyncIterable<LiveEvent>;
  /** Fleet-wide counts per tier over the last 10 s; null when no collector reported. */
  tierRates(): TierRate[] | null;
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

export type Ports = {
  live: LivePort;
  fleet: FleetPort;
  /** How many traces may be looked up at the same time. */
  explains: Slots;
  /** How many profiles may be recorded at the same time. */
  profiles: Slots;
  sampleTraffic: SampleTrafficPort;
  seal: SealPort;
  nowMs: () => number;
  /** A random text of at least 256 bits, safe in a URL. */
  newToken: () => string;
  publicUrl: () => string;
  fleetUrl: () => string;
  /** What other machines can reach without encryption, a sentence each. */
  openWithoutTls: () => string[];
};

export type ServiceContext = { actor: Actor; db: Database; ports: Ports };
export type Call<Input> = { ctx: ServiceContext; input: Input };
