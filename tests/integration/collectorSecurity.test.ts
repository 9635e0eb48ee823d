import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import https from "node:https";
import net from "node:net";
import { join } from "node:path";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeRpcStatus } from "#collector/status/rpcStatus.ts";
import { createTraffic } from "#traffic/createTraffic.ts";
import { type Authority, type CertificateFiles, createAuthority, writeAuthority, writeCertificate } from "../fixtures/certificates.ts";
import { type CollectorProcess, startCollectorProcess } from "../fixtures/collectorProcess.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { connectGrpc } from "../fixtures/grpcCall.ts";
import { scrape, sum } from "../fixtures/metrics.ts";
import { waitFor } from "../fixtures/waitFor.ts";

const request = createTraffic({ seed: 3, now: Date.now }).nextRequest(20);
const RELOAD_MS = 1000;
const TOKEN = "a-token-of-the-first-team";

let folder: string;
let authority: Authority;
let ca: Buffer;
let server: CertificateFiles;
let client: CertificateFiles;

beforeAll(async () => {
  folder = temporaryFolder();
  authority = await createAuthority("headgate-test");
  ca = readFileSync(await writeAuthority(authority, folder));
  server = await writeCertificate(authority, folder, "server");
  client = await writeCertificate(authority, folder, "client");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const started: CollectorProcess[] = [];
afterAll(async () => {
  for (const one of started) await one.stop();
});

let engine: string | undefined;

async function startWith(receivers: { grpc?: object; http?: object; [setting: string]: unknown }, more: object = {}): Promise<CollectorProcess> {
  const settings = { reloadIntervalMs: RELOAD_MS, ...receivers, grpc: { engine, ...receivers.grpc }, http: { engine, ...receivers.http } };
  const collector = await startCollectorProcess({ receivers: settings, export: { kind: "discard" }, ...more });
  started.push(collector);
  return collector;
}

type HttpAnswer = { status: number; headers: Record<string, unknown>; body: Buffer };

/** POST /v1/traces with a connection of its own; rejects where there is no TLS session. */
function post(port: number, options: https.RequestOptions = {}, body: Buffer | undefined = request): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const headers = { "content-type": "application/x-protobuf", ...options.headers };
  const sent = https.request({ host: "127.0.0.1", port, path: "/v1/traces", method: "POST", ca, agent: false, ...options, headers }, (response) => {
    const parts: Buffer[] = [];
    response.on("data", (part: Buffer) => parts.push(part));
    response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }));
  });
  sent.on("error", reject);
  sent.end(body);
  return promise;
}

/** A gRPC call with a connection of its own. Status undefined: no session came about. */
async function call(port: number, secure: tls.ConnectionOptions = {}, headers: Record<string, string> = {}): Promise<number | undefined> {
  const connection = connectGrpc(port, { ca, ...secure });
  const { grpcStatus } = await connection.call(request, { headers });
  connection.close();
  return grpcStatus;
}

const keyPair = ({ certFile, keyFile }: CertificateFiles) => ({ cert: readFileSync(certFile), key: readFileSync(keyFile) });

describe.each(["node", "lean"])("with the engine %s", (name) => {
  beforeAll(() => {
    engine = name;
  });

  describe("TLS on the receivers", () => {
    it.each([1, 2])("takes OTLP over gRPC and HTTP with %i threads, and no plain text", async (workers) => {
      const collector = await startWith({ tls: server }, { workers });
      expect(await call(collector.otlpGrpc)).toBe(0);
      expect((await post(collector.otlpHttp)).status).toBe(200);
      await expect(fetch(`http://127.0.0.1:${collector.otlpHttp}/v1/traces`, { method: "POST", body: "x" })).rejects.toThrow();
      const plain = connectGrpc(collector.otlpGrpc);
      expect((await plain.call(request)).grpcStatus).toBeUndefined();
      plain.close();
      await waitFor("the failed handshakes to be counted", async () => {
        const metrics = await scrape(collector.metrics);
        return sum(metrics, "headgate_receiver_tls_handshakes_failed_total") >= 2 || undefined;
      });
      const metrics = await scrape(collector.metrics);
      expect(sum(metrics, "headgate_receiver_certificate_not_after_timestamp_seconds") * 1000).toBeGreaterThan(Date.now());
      expect((await collector.ledger()).received).toBe(40);
    });

    it("with client CAs takes only clients whose certificate one of them has signed", async () => {
      const collector = await startWith({ tls: { ...server, clientCaFile: join(folder, "headgate-test.ca.crt") } });
      expect(await call(collector.otlpGrpc, keyPair(client))).toBe(0);
      expect((await post(collector.otlpHttp, keyPair(client))).status).toBe(200);
      const stranger = await writeCertificate(await createAuthority("others"), folder, "stranger");
      for (const own of [{}, keyPair(stranger)]) {
        expect(await call(collector.otlpGrpc, own)).toBeUndefined();
        await expect(post(collector.otlpHttp, own)).rejects.toThrow();
      }
      expect((await collector.ledger()).received).toBe(40);
    });

    it("refuses what is older than minVersion", async () => {
      const collector = await startWith({ tls: { ...server, minVersion: "1.3" } });
      expect(await call(collector.otlpGrpc, { maxVersion: "TLSv1.2" })).toBeUndefined();
      expect(await call(collector.otlpGrpc)).toBe(0);
    });

    it("puts new certificates in force while requests come, none of which fails; a broken one leaves the old in force and is counted", async () => {
      const live = join(folder, `live-${name}`);
      mkdirSync(live);
      const files = { certFile: join(live, "tls.crt"), keyFile: join(live, "tls.key") };
      const put = ({ certFile, keyFile }: CertificateFiles) => {
        copyFileSync(certFile, files.certFile);
        copyFileSync(keyFile, files.keyFile);
      };
      put(server);
      const collector = await startWith({ tls: files });
      const answers = new Map<string, number>();
      let isOver = false;
      const kept = connectGrpc(collector.otlpGrpc, { ca });
      const traffic = (async () => {
        while (!isOver) {
          for (const status of [
            `grpc ${await call(collector.otlpGrpc)}`,
            `kept ${(await kept.call(request)).grpcStatus}`,
            `http ${(await post(collector.otlpHttp)).status}`,
          ]) {
            answers.set(status, (answers.get(status) ?? 0) + 1);
          }
        }
      })();
      const nameSeen = () => peerName(collector.otlpGrpc);
      expect(await nameSeen()).toBe("server");
      put(await writeCertificate(authority, folder, "renewed"));
      await waitFor("the renewed certificate", async () => (await nameSeen()) === "renewed" || undefined);
      writeFileSync(files.certFile, "no certificate");
      await waitFor(
        "the failed reload",
        async () => sum(await scrape(collector.metrics), 'headgate_receiver_reloads_total{result="failed"}') === 1 || undefined,
      );
      expect(await nameSeen()).toBe("renewed");
      await waitFor("a word of warning", () => collector.process.output().includes("what was read before stays in force") || undefined);
      isOver = true;
      await traffic;
      kept.close();
      expect([...answers.keys()].sort()).toEqual(["grpc 0", "http 200", "kept 0"]);
      const metrics = await scrape(collector.metrics);
      expect(sum(metrics, 'headgate_receiver_reloads_total{result="ok"}')).toBe(1);
    });

    it("does not start with files that can't be used, and says which and why", async () => {
      const cases: [{ [setting: string]: unknown }, string][] = [
        [{ tls: { ...server, certFile: join(folder, "missing.crt") } }, "receivers.tls: can't read"],
        [{ tls: { ...server, keyFile: client.keyFile } }, "does not belong to the certificate"],
        [{ tls: { ...server, certFile: server.keyFile } }, "holds no certificate"],
        [{ tls: { ...server, clientCaFile: server.keyFile } }, "holds no certificate"],
        [{ auth: { bearerTokens: [{ name: "team", tokenFile: join(folder, "missing") }] } }, "receivers.auth: can't read"],
      ];
      for (const [receivers, words] of cases) await expect(startWith(receivers)).rejects.toThrow(words);
    });
  });

  describe("bearer tokens", () => {
    it.each([1, 2])("are read again on SIGHUP, by each of %i threads", async (workers) => {
      const tokenFile = join(folder, `token-hup-${workers}`);
      writeFileSync(tokenFile, TOKEN);
      const collector = await startWith({ reloadIntervalMs: 86_400_000, tls: server, auth: { bearerTokens: [{ name: "team", tokenFile }] } }, { workers });
      const next = { authorization: "Bearer a-token-of-the-second-team" };
      writeFileSync(tokenFile, "a-token-of-the-second-team");
      expect(await call(collector.otlpGrpc, {}, next)).toBe(16);
      collector.process.kill("SIGHUP");
      await waitFor("the new token", async () => (await call(collector.otlpGrpc, {}, next)) === 0 || undefined);
      // The kernel gives connections to any of the threads.
      await waitFor("the last of the old one", async () => {
        const statuses = await Promise.all(Array.from({ length: 16 }, () => call(collector.otlpGrpc, {}, next)));
        return statuses.every((status) => status === 0);
      });
    });

    it("are asked of every request, on both protocols, in the request's own content type; they can be replaced while it runs", async () => {
      const tokenFile = join(folder, "token");
      writeFileSync(tokenFile, `${TOKEN}\n`);
      const collector = await startWith({ tls: server, auth: { bearerTokens: [{ name: "team", tokenFile }] } });
      const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
      expect(await call(collector.otlpGrpc, {}, bearer(TOKEN))).toBe(0);
      expect((await post(collector.otlpHttp, { headers: bearer(TOKEN) })).status).toBe(200);
      for (const headers of [{}, bearer("another-token"), bearer(TOKEN.slice(0, -1)), { authorization: `Basic ${TOKEN}` }]) {
        expect(await call(collector.otlpGrpc, {}, headers)).toBe(16);
        const refused = await post(collector.otlpHttp, { headers });
        expect([refused.status, refused.headers["www-authenticate"], refused.headers["content-type"]]).toEqual([401, "Bearer", "application/x-protobuf"]);
        expect(decodeRpcStatus(refused.body)).toMatchObject({ code: 16, message: expect.stringContaining("no token") });
      }
      const json = await post(collector.otlpHttp, { headers: { "content-type": "application/json" } });
      expect(JSON.parse(json.body.toString())).toMatchObject({ code: 16 });
      const metrics = await scrape(collector.metrics);
      expect(sum(metrics, 'headgate_requests_refused_total{reason="unauthenticated"}')).toBe(9);
      expect((await collector.ledger()).received).toBe(40);

      writeFileSync(tokenFile, "a-token-of-the-second-team");
      await waitFor("the new token", async () => (await call(collector.otlpGrpc, {}, bearer("a-token-of-the-second-team"))) === 0 || undefined);
      expect(await call(collector.otlpGrpc, {}, bearer(TOKEN))).toBe(16);
      expect(collector.process.output()).not.toContain(TOKEN);
    });
  });

  describe("connections", () => {
    it("beyond the bound are turned away and counted; those that are open go on", async () => {
      const collector = await startWith({ connectionsMax: 3 });
      const grpc = connectGrpc(collector.otlpGrpc);
      expect((await grpc.call(request)).grpcStatus).toBe(0);
      const idle = Array.from({ length: 10 }, () => net.connect(collector.otlpGrpc, "127.0.0.1").on("error", () => {}));
      await waitFor(
        "connections to be turned away",
        async () => sum(await scrape(collector.metrics), "headgate_receiver_connections_turned_away_total") === 8 || undefined,
      );
      expect((await grpc.call(request)).grpcStatus).toBe(0);
      for (const one of idle) one.destroy();
      grpc.close();
    });

    it("are asked to go after their time, and no call is lost by that", async () => {
      const collector = await startWith({ grpc: { maxConnectionAgeMs: 1000, maxConnectionAgeGraceMs: 5000 } });
      const connection = connectGrpc(collector.otlpGrpc);
      let hasHeard = false;
      void connection.goneAway.then(() => {
        hasHeard = true;
      });
      let taken = 0;
      for (let status: number | undefined = 0; status === 0 && !hasHeard; ) {
        status = (await connection.call(request)).grpcStatus;
        // None was refused; a client that has heard opens no further call on this connection.
        expect([0, undefined]).toContain(status);
        if (status === 0) taken++;
      }
      await waitFor("the connection to end", () => !connection.open || undefined);
      expect(taken).toBeGreaterThan(0);
      expect((await collector.ledger()).received).toBe(taken * 20);
      expect(await connection.goneAway).toBeUndefined();
    });
  });
});

describe.each(["node", "lean"])("CORS, with the engine %s", (name) => {
  beforeAll(() => {
    engine = name;
  });

  it("lets the pages that the settings name send, and tells no other that it may", async () => {
    const cors = { allowedOrigins: ["https://shop.example.com", "https://*.apps.example.com"], allowedHeaders: ["x-tenant"], maxAgeS: 60 };
    const collector = await startWith({ http: { cors } });
    const url = `http://127.0.0.1:${collector.otlpHttp}/v1/traces`;
    const ask = (origin: string) => fetch(url, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });
    for (const origin of ["https://shop.example.com", "https://a.apps.example.com", "https://a.b.apps.example.com"]) {
      const { status, headers } = await ask(origin);
      expect([status, headers.get("access-control-allow-origin"), headers.get("access-control-max-age")]).toEqual([204, origin, "60"]);
      expect(headers.get("access-control-allow-headers")).toContain("x-tenant");
    }
    for (const origin of [
      "https://shop.example.com.evil.org",
      "https://evil.org",
      "http://shop.example.com",
      "https://apps.example.com",
      "https://shopXexample.com",
      "null",
    ]) {
      expect((await ask(origin)).headers.get("access-control-allow-origin")).toBeNull();
    }
    const sent = await fetch(url, {
      method: "POST",
      headers: { origin: "https://shop.example.com", "content-type": "application/x-protobuf" },
      body: new Uint8Array(request),
    });
    expect([sent.status, sent.headers.get("access-control-allow-origin")]).toEqual([200, "https://shop.example.com"]);
    // A refusal has to be readable for the page too.
    const refused = await fetch(url, { method: "POST", headers: { origin: "https://shop.example.com", "content-type": "text/plain" }, body: "x" });
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([415, "https://shop.example.com"]);
  });

  it("is off unless asked for", async () => {
    const collector = await startWith({});
    const url = `http://127.0.0.1:${collector.otlpHttp}/v1/traces`;
    const asked = await fetch(url, { method: "OPTIONS", headers: { origin: "https://shop.example.com", "access-control-request-method": "POST" } });
    expect([asked.status, asked.headers.get("access-control-allow-origin")]).toEqual([405, null]);
  });
});

function peerName(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ host: "127.0.0.1", port, ca, ALPNProtocols: ["h2"] }, () => {
      const { CN } = socket.getPeerCertificate().subject;
      socket.destroy();
      resolve(String(CN));
    });
    socket.on("error", reject);
  });
}
