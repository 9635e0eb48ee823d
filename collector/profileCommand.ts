import { writeFile } from "node:fs/promises";
import type { ProfileRequest } from "#domain/fleet/profileRequest.ts";
import { AppError, messageOf } from "./appError.ts";
import { askCollector } from "./askCollector.ts";
import { topFunctions } from "./self/topFunctions.ts";

const PATHS = { cpu: "/debug/pprof/profile", heap: "/debug/pprof/heap" } as const;
const MARGIN_MS = 20_000;
const TOP = 10;

/** Has the collector whose metrics are at `address` record a profile, writes it to `file`, and prints which functions cost most. Throws AppError. */
export async function profileCommand(request: ProfileRequest & { file: string }, address: string, print: (text: string) => void): Promise<void> {
  const { kind, seconds, file } = request;
  const response = await askCollector(`${address}${PATHS[kind]}?seconds=${seconds}`, seconds * 1000 + MARGIN_MS);
  const bytes = new Uint8Array(await response.arrayBuffer());
  try {
    await writeFile(file, bytes);
  } catch (error) {
    throw new AppError("usage", `can't write the profile to ${file}: ${messageOf(error)}`, error);
  }
  const { total, functions } = await topFunctions(bytes, TOP);
  const amount =
    kind === "cpu" ? `${(total / 1e9).toFixed(2)} s of CPU in ${seconds} s` : `${(total / 1e6).toFixed(1)} MB allocated in ${seconds} s and still held`;
  print(`${file}: ${amount}. By what each function took itself:\n`);
  for (const { name, file: source, share } of functions) print(`${`${(share * 100).toFixed(1)}%`.padStart(7)}  ${name}  ${source}\n`);
  print("Look into it with: go tool pprof -http=: FILE, or drop it on https://www.speedscope.app\n");
}
