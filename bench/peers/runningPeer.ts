import type { ChildProcess } from "node:child_process";
import type { PeerProtocol } from "./preparedRequest.ts";
import type { Work } from "./works.ts";

export type PeerSetting = {
  work: Work;
  /** How long a trace waits in trace scope. */
  waitMs: number;
  /** Traces, and spans, that may wait at the same time. */
  tracesMax: number;
  spansMax: number;
  protocol: PeerProtocol;
  sink: { grpc: number; http: number };
  folder: string;
  /** Of Headgate only: its write-ahead log; the reference has none here. */
  wal: boolean;
  /** Of Headgate only: what receives OTLP/gRPC; undefined is the default. */
  engine: string | undefined;
};

export type RunningPeer = {
  process: ChildProcess;
  ports: { grpc: number; http: number };
  /** What it says itself that it lost or cut short, by name. */
  ownCounts(): Promise<Record<string, number>>;
  /** What its CPU does for so many seconds from now on, as gzipped pprof; undefined where it can't be asked. */
  profile?(seconds: number): Promise<Buffer>;
};
