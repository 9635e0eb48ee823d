import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createAuthority, writeAuthority, writeCertificate } from "../fixtures/certificates.ts";
import { run } from "../fixtures/childProcess.ts";
import { cleanEnvironment, temporaryFolder } from "../fixtures/environment.ts";

const MAIN = join(import.meta.dirname, "..", "..", "collector", "main.ts");

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function check(text: string, ...options: string[]) {
  const file = join(folder, "collector.yaml");
  writeFileSync(file, text);
  const done = run(process.execPath, [MAIN, "check", file, ...options], { env: cleanEnvironment({}) });
  const { code } = await done.ended;
  return { code, output: done.output().replaceAll(`${folder}/`, "") };
}

const FINE = "export: { endpoint: http://127.0.0.1:4317 }\n";
const SMALL_QUEUE = `${FINE}pipeline:\n  queue: { spansMax: 30000 }\n`;

it("checks a file without running it: 0 when it is fine, 1 when it can't run, 2 with --strict when something does not go together", async () => {
  expect(await check(FINE, "--strict")).toEqual({ code: 0, output: "collector.yaml: fine\n" });
  expect(await check("pipeline:\n  queue: { spansMax: many }\n")).toEqual({
    code: 1,
    output: 'collector.yaml:2:22: error: pipeline.queue.spansMax: must be a whole number of spans, got "many"\ncollector.yaml: 1 error, no warnings\n',
  });
  const warned = await check(SMALL_QUEUE, "--rate", "50000", "--strict");
  expect(warned.code).toBe(2);
  expect(warned.output).toContain("collector.yaml:3:22: warning: pipeline.queue.spansMax: holds 0.6 s of the peak of 50,000 kept spans/s of one collector");
  expect((await check(SMALL_QUEUE, "--rate", "50000")).code).toBe(0);
});

it("answers in JSON for scripts", async () => {
  const { code, output } = await check(SMALL_QUEUE, "--rate", "50000", "--json");
  expect(code).toBe(0);
  const { errors, warnings, findings } = JSON.parse(output);
  expect([errors, warnings]).toEqual([0, 1]);
  expect(findings).toMatchObject([
    { severity: "warning", path: "pipeline.queue.spansMax", line: 3, column: 22, mend: "set pipeline.queue.spansMax to 150000" },
  ]);
});

it("looks at the certificates, keys and tokens that the file names", async () => {
  const authority = await createAuthority("headgate-test");
  const caFile = await writeAuthority(authority, folder);
  const server = await writeCertificate(authority, folder, "server");
  const secure = { receivers: { tls: server }, export: { endpoint: "https://127.0.0.1:4317", tls: { caFile, ...server } } };
  expect(await check(JSON.stringify(secure), "--strict")).toMatchObject({ code: 0 });
  const wrong = { receivers: { tls: { ...server, keyFile: caFile } }, export: { ...secure.export, tls: { caFile: join(folder, "missing.crt") } } };
  const { code, output } = await check(JSON.stringify(wrong, undefined, 1), "--strict");
  expect(code).toBe(2);
  expect(output).toMatch(/:\d+:\d+: warning: receivers\.tls: headgate-test\.ca\.crt holds no private key/);
  expect(output).toMatch(/:\d+:\d+: warning: export: tls: can't read missing\.crt/);
  const past = await writeCertificate(authority, folder, "past", { notAfter: new Date(Date.now() - 3_600_000) });
  expect((await check(JSON.stringify({ receivers: { tls: past } }))).output).toContain("receivers.tls.certFile: the certificate ended on");
});

it("says so when there is no such file", async () => {
  const done = run(process.execPath, [MAIN, "check", join(folder, "nowhere.yaml")], { env: cleanEnvironment({}) });
  expect((await done.ended).code).toBe(1);
  expect(done.output()).toContain("can't be read");
});
