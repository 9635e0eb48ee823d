import { copyFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "#collector/clock.ts";
import { checkExport } from "#collector/control/checkExport.ts";
import { createExporter } from "#collector/createExporter.ts";
import { createTraffic } from "#traffic/createTraffic.ts";
import { type Authority, type CertificateFiles, createAuthority, writeAuthority, writeCertificate, writeSelfSigned } from "../fixtures/certificates.ts";
import { type CollectorProcess, startCollectorProcess } from "../fixtures/collectorProcess.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { connectGrpc } from "../fixtures/grpcCall.ts";
import { type OtlpSink, startOtlpSink } from "../fixtures/otlpSink.ts";
import { waitFor } from "../fixtures/waitFor.ts";

const SPANS = 20;
const request = createTraffic({ seed: 5, now: Date.now }).nextRequest(SPANS);

let folder: string;
let authority: Authority;
let caFile: string;
let strangersFile: string;
let server: CertificateFiles;
let own: CertificateFiles;

beforeAll(async () => {
  folder = temporaryFolder();
  authority = await createAuthority("backends");
  caFile = await writeAuthority(authority, folder);
  strangersFile = await writeAuthority(await createAuthority("strangers"), folder);
  server = await writeCertificate(authority, folder, "backend");
  own = await writeCertificate(authority, folder, "collector");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const pem = ({ certFile, keyFile }: CertificateFiles) => ({ cert: readFileSync(certFile), key: readFileSync(keyFile) });

async function backend(tls: object = pem(server)): Promise<OtlpSink> {
  const sink = await startOtlpSink({ tls });
  ends.push(() => sink.close());
  return sink;
}

async function exporting(settings: object): Promise<CollectorProcess> {
  const collector = await startCollectorProcess({ export: settings, pipeline: { batch: { timeoutMs: 20 } } });
  ends.push(() => collector.stop());
  return collector;
}

async function sendTo(collector: CollectorProcess): Promise<void> {
  const connection = connectGrpc(collector.otlpGrpc);
  expect((await connection.call(request)).grpcStatus).toBe(0);
  connection.close();
}

const check = (settings: object) => checkExport(JSON.stringify(settings), async (parsed) => (await createExporter(parsed, folder, systemClock)).exporter);

describe.each(["grpc", "http"] as const)("a backend that speaks TLS, over %s", (protocol) => {
  const to = (sink: OtlpSink, tls?: object) => ({ kind: "otlp", protocol, endpoint: protocol === "grpc" ? sink.grpcUrl : sink.httpUrl, tls });

  it("is delivered to where its certificate is trusted", async () => {
    const sink = await backend();
    const collector = await exporting(to(sink, { caFile }));
    await sendTo(collector);
    await sink.reached(SPANS);
    expect((await collector.settled()).delivered).toBe(SPANS);
  });

  it("is given the collector's own certificate where it asks for one", async () => {
    const sink = await backend({ ...pem(server), ca: readFileSync(caFile), requestCert: true, rejectUnauthorized: true });
    expect(await check(to(sink, { caFile }))).toMatchObject({ ok: false });
    const collector = await exporting(to(sink, { caFile, ...own }));
    await sendTo(collector);
    await sink.reached(SPANS);
  });

  it("is not delivered to where it can't be trusted, and a check says why", async () => {
    const sink = await backend();
    expect((await check(to(sink))).message).toContain("give that CA as tls.caFile");
    expect((await check(to(sink, { caFile: strangersFile }))).message).toContain(`comes from none of the CAs in ${strangersFile}`);
    expect((await check(to(sink, { caFile, serverName: "elsewhere.example.com" }))).message).toMatch(/for another name.*elsewhere\.example\.com/);
    expect(await check(to(sink, { caFile, serverName: "localhost" }))).toMatchObject({ ok: true });
    expect(await check(to(sink, { insecureSkipVerify: true }))).toMatchObject({ ok: true });
    expect((await check(to(sink, { caFile: join(folder, "missing") }))).message).toContain("tls: can't read");
    expect((await check(to(sink, { caFile, certFile: own.certFile, keyFile: server.keyFile }))).message).toContain("does not belong");
    expect(sink.spans).toBe(0);
  });

  it("is said to have a certificate that has expired, is for another name or self-signed, or no TLS at all", async () => {
    const expired = await backend(pem(await writeCertificate(authority, folder, "expired", { notAfter: new Date(Date.now() - 3_600_000) })));
    expect((await check(to(expired, { caFile }))).message).toContain("its certificate has expired");
    const other = await backend(pem(await writeCertificate(authority, folder, "other", { hosts: ["other.example.com"] })));
    expect((await check(to(other, { caFile }))).message).toContain("its certificate is for another name");
    const files = await writeSelfSigned(folder, "self-signed");
    const alone = await backend(pem(files));
    expect((await check(to(alone))).message).toContain("its certificate is self-signed");
    expect(await check(to(alone, { caFile: files.certFile }))).toMatchObject({ ok: true });
    const plain = await startOtlpSink();
    ends.push(() => plain.close());
    const { endpoint, ...settings } = to(plain, { caFile });
    expect((await check({ ...settings, endpoint: endpoint.replace("http:", "https:") })).message).toContain("it does not speak TLS there");
  });

  it("says that it wants a certificate, or does not take the one that it is shown", async () => {
    const sink = await backend({ ...pem(server), ca: readFileSync(caFile), requestCert: true, rejectUnauthorized: true });
    expect((await check(to(sink, { caFile }))).message).toMatch(/client certificate.*tls\.certFile/);
    const foreign = await writeCertificate(await createAuthority("foreigners"), folder, "foreign");
    expect((await check(to(sink, { caFile, ...foreign }))).message).toContain(`the client certificate in ${foreign.certFile}`);
    expect(await check(to(sink, { caFile, ...own }))).toMatchObject({ ok: true });
  });

  it("is trusted again once the CA file holds its new CA, without a restart and with nothing lost", async () => {
    const sink = await backend();
    const live = join(folder, `live-${protocol}.crt`);
    copyFileSync(strangersFile, live);
    const collector = await exporting(to(sink, { caFile: live }));
    await sendTo(collector);
    await waitFor("a delivery that fails", () => collector.process.output().includes("comes from none of the CAs") || undefined);
    copyFileSync(caFile, live);
    await waitFor("the delivery", () => sink.spans === SPANS || undefined, { timeoutMs: 45_000 });
    expect((await collector.settled()).delivered).toBe(SPANS);
  });
});

it("a configuration whose files can't be used is not started with, and says why", async () => {
  const missing = { kind: "otlp", endpoint: "https://127.0.0.1:1", tls: { caFile: join(folder, "missing") } };
  await expect(exporting(missing)).rejects.toThrow("export: tls: can't read");
  await expect(exporting({ kind: "otlp", endpoint: "http://127.0.0.1:1", tls: { caFile } })).rejects.toThrow("needs an https:// endpoint");
  await expect(exporting({ kind: "otlp", endpoint: "https://127.0.0.1:1", tls: { certFile: own.certFile } })).rejects.toThrow("go together");
});
