import { existsSync } from "node:fs";
import path from "node:path";
import { type Handler, sendText } from "./httpServer.ts";

const PROJECT_DIR = path.resolve(import.meta.dirname, "../..");
const NOT_BUILT = "the pages are not built yet; run npm run build, then start again";

/** Next, as the handler of pages. Without a build the rest of the server works all the same, and pages say what is missing. */
export async function createPages(log: { warn(message: string): void }): Promise<{ handle: Handler; stop: () => Promise<void> }> {
  if (!existsSync(path.join(PROJECT_DIR, ".next", "BUILD_ID"))) {
    log.warn(NOT_BUILT);
    return noPages(NOT_BUILT);
  }
  const { default: next } = await import("next");
  const app = next({ dev: false, dir: PROJECT_DIR, customServer: true });
  await app.prepare();
  const handle = app.getRequestHandler();
  return { handle: (req, res) => handle(req, res), stop: () => app.close() };
}

export function noPages(reason: string): { handle: Handler; stop: () => Promise<void> } {
  return { handle: (_req, res) => sendText(res, 503, reason), stop: () => Promise.resolve() };
}
