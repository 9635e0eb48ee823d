// `npm run screenshots`: takes the pictures of the README from the running product, with its sample traffic, after some minutes of history.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { chromium } from "@playwright/test";
import { createOwner, OWNER } from "#tests/fixtures/api.ts";
import { CHROMIUM_ARGS, chromiumPath } from "#tests/fixtures/chromium.ts";
import { startHeadgate } from "#tests/fixtures/headgate.ts";

const HISTORY_MS = Number(process.argv[2] ?? 8 * 60_000);
const folder = join(import.meta.dirname, "..", "docs", "images");
mkdirSync(folder, { recursive: true });

const headgate = await startHeadgate({ demo: true });
const browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_ARGS });
try {
  const api = await createOwner(headgate);
  await pause(HISTORY_MS * 0.6);
  const policy = (await api.trpc.policies.list.query()).find(({ isRunning }) => isRunning);
  if (!policy) throw new Error("no policy is running");
  const { body, currentVersion } = await api.trpc.policies.get.query({ id: policy.id });
  const tiers = body.tiers.map((tier) =>
    tier.keep.kind === "ratio" && tier.keep.ratio === 0.5 ? { ...tier, keep: { kind: "ratio" as const, ratio: 0.25 } } : tier,
  );
  const { version } = await api.trpc.policies.saveVersion.mutate({
    id: policy.id,
    baseVersion: currentVersion,
    body: { ...body, tiers },
    message: "A quarter of the important APIs is enough",
  });
  await api.trpc.revisions.start.mutate({ kind: "policy", id: policy.id, version, message: "A quarter of the important APIs is enough" });
  await pause(HISTORY_MS * 0.4);
  for (const colorScheme of ["light", "dark"] as const) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 960 }, colorScheme, baseURL: headgate.http });
    await context.request.post("/api/auth/sign-in/email", { data: { email: OWNER.email, password: OWNER.password }, headers: { origin: headgate.http } });
    const page = await context.newPage();
    for (const [name, path] of [
      ["live", "/live"],
      ["overview", "/"],
      ["sampling", `/sampling/${policy.id}`],
    ]) {
      await page.goto(path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await pause(12_000);
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
    }
    await context.close();
  }
} finally {
  await browser.close();
  await headgate.remove();
}
