import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, type TestContext } from "vitest";
import { systemClock } from "#collector/clock.ts";
import { checkExport } from "#collector/control/checkExport.ts";
import { createExporter } from "#collector/createExporter.ts";
import { type CertificateFiles, createAuthority, writeAuthority, writeCertificate } from "#tests/fixtures/certificates.ts";
import { type CollectorProcess, startCollectorProcess } from "#tests/fixtures/collectorProcess.ts";
import { type CountingSink, startCountingSink } from "#tests/fixtures/countingSink.ts";
import { temporaryFolder } from "#tests/fixtures/environment.ts";
import { missingPeers, startOtelcol, telemetrygen } from "#tests/fixtures/goPeers.ts";
import { waitFor } from "#tests/fixtures/waitFor.ts";

const TOKEN = "a-token-of-the-first-team";

describe("with the real OpenTelemetry Collector over TLS", () => {
  let folder = "";
  let caFile = "";
  let server: CertificateFiles;
  let client: CertificateFiles;
  let stranger: CertificateFiles;
  let sink: CountingSink;
  const stops: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    folder = temporaryFolder();
    const authority = await createAuthority("headgate-test");
    caFile = await writeAuthority(authority, folder);
    server = await writeCertificate(authority, folder, "server");
    client = await writeCertificate(authority, folder, "client");
    stranger = await writeCertificate(await createAuthority("others"), folder, "stranger");
    writeFileSync(join(folder, "token"), TOKEN);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeEach(async (context: TestContext) => {
    const missing = missingPeers();
    if (missing) return context.skip(missing);
    sink = await startCountingSink();
    stops.push(() => sink.stop());
  });
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  const toSink = () => ({ exporters: { otlp: { endpoint: `127.0.0.1:${sink.grpcPort}`, tls: { insecure: true } } }, pipeline: { exporters: ["otlp"] } });

  async function collector(config: object): Promise<CollectorProcess> {
    const started = await startCollectorProcess({ pipeline: { batch: { timeoutMs: 100 } }, ...config });
    stops.push(() => started.stop());
    return started;
  }

  async function otelcol(rest: Parameters<typeof startOtelcol>[1]) {
    const started = await startOtelcol(folder, rest);
    stops.push(() => started.process.stop());
    return started;
  }

  const generate = (port: number) => telemetrygen(["--otlp-endpoint", `127.0.0.1:${port}`, "--traces", "50", "--child-spans", "1", "--rate", "0"]);

  it.each([
    ["otlp", "node"],
    ["otlp", "lean"],
    ["otlphttp", "node"],
  ] as const)("takes what it sends with its exporter %s, a client certificate and a token, and nothing without them (engine %s)", async (exporter, engine) => {
    const ours = await collector({
      receivers: {
        grpc: { engine },
        tls: { ...server, clientCaFile: caFile },
        auth: { bearerTokens: [{ name: "team", tokenFile: join(folder, "token") }] },
      },
      export: { kind: "otlp", endpoint: `http://127.0.0.1:${sink.grpcPort}` },
    });
    const endpoint = exporter === "otlp" ? `127.0.0.1:${ours.otlpGrpc}` : `https://127.0.0.1:${ours.otlpHttp}`;
    const sending = (tls: object, headers: object) =>
      otelcol({
        exporters: { [exporter]: { endpoint, tls: { ca_file: caFile, ...tls }, headers, retry_on_failure: { enabled: false } } },
        pipeline: { exporters: [exporter] },
      });
    const mtls = { cert_file: client.certFile, key_file: client.keyFile };
    const authorization = `Bearer ${TOKEN}`;
    for (const [tls, headers] of [
      [{}, { authorization }],
      [mtls, {}],
    ]) {
      const turnedAway = await sending(tls, headers);
      await generate(turnedAway.grpc);
      await waitFor("what was sent to be given up", () => turnedAway.process.output().includes("Exporting failed"));
    }
    expect((await ours.ledger()).received).toBe(0);
    await generate((await sending(mtls, { authorization })).grpc);
    await waitFor("all spans", () => sink.spans.size === 100);
    expect(await ours.settled()).toMatchObject({ received: 100, delivered: 100, dropped: 0 });
  });

  it.each(["grpc", "http"] as const)(
    "delivers to it over %s with a client certificate, and says what is wrong without one or with another's",
    async (protocol) => {
      const backend = await otelcol({ ...toSink(), tls: { cert_file: server.certFile, key_file: server.keyFile, client_ca_file: caFile } });
      const to = (tls: object) => ({ kind: "otlp", protocol, endpoint: `https://127.0.0.1:${backend[protocol]}`, tls: { caFile, ...tls } });
      const check = (tls: object) => checkExport(JSON.stringify(to(tls)), async (settings) => (await createExporter(settings, folder, systemClock)).exporter);
      expect((await check({})).message).toContain("it wants a client certificate");
      expect((await check(stranger)).message).toContain(`it does not take the client certificate in ${stranger.certFile}`);
      expect(await check(client)).toMatchObject({ ok: true });
      const ours = await collector({ export: to(client) });
      await generate(ours.otlpGrpc);
      await waitFor("all spans behind the real Collector", () => sink.spans.size === 100);
      expect(await ours.settled()).toMatchObject({ received: 100, delivered: 100, dropped: 0 });
    },
  );
});
