// What has to be there before anything runs: packages, generated code, the built pages. Each is done again only when what it is made from changed.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { contentHash, readStamp, writeStamp } from "./contentHash.mjs";
import { withProgress } from "./progress.mjs";

export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
export const version = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;
const NODE_MAJOR_MIN = 20;
const PRODUCT_NODE_MAJOR_MIN = 24;

/** A failure that its message explains; it is shown without a stack. */
export class SetUpError extends Error {}

export function checkNodeVersion() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < NODE_MAJOR_MIN) throw new SetUpError(`Node ${process.versions.node} is too old: install Node ${NODE_MAJOR_MIN} or newer, then try again`);
}

/** The runtime that the product is run with: the one that comes with the packages, or the running one where it is new enough. */
export function productNode() {
  const pinned = join(root, "node_modules", ".bin", "node");
  if (existsSync(pinned)) return pinned;
  if (Number(process.versions.node.split(".")[0]) >= PRODUCT_NODE_MAJOR_MIN) return process.execPath;
  throw new SetUpError(
    "the package `node` did not install its runtime: allow its install script (npm config set ignore-scripts false), remove node_modules and try again",
  );
}

/** Runs a command and gives back what it printed; fails with the end of it. */
export function run(command, args, { env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (chunk) => {
      output = (output + chunk).slice(-100_000);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => reject(new SetUpError(`could not run ${command}: ${error.message}`)));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(output);
      else
        reject(
          new SetUpError(
            `${[command.split("/").pop(), ...args].join(" ")} ended with ${signal ?? code}:\n${output.trimEnd().split("\n").slice(-60).join("\n")}`,
          ),
        );
    });
  });
}

export async function ensureInstalled() {
  const stamp = join(root, "node_modules", ".headgate-install");
  const wanted = contentHash(root, ["package-lock.json"], `${process.platform}-${process.arch}`);
  if (readStamp(stamp) === wanted) return;
  await withProgress("installing packages (one to two minutes the first time)", async () => {
    await run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"]);
    productNode();
    writeStamp(stamp, contentHash(root, ["package-lock.json"], `${process.platform}-${process.arch}`));
  });
}

/** The Prisma client and the code of the fleet protocol. */
export async function ensureGenerated() {
  const steps = [
    {
      title: "generating the fleet protocol's code",
      sources: ["proto/fleet"],
      outputs: ["proto/gen/fleet.js", "proto/gen/fleet.d.ts"],
      make: generateProtocol,
    },
    {
      title: "generating the database client",
      sources: ["prisma/schema.prisma", "prisma.config.ts"],
      outputs: ["server/db/gen/client.ts"],
      make: generatePrisma,
    },
  ];
  for (const { title, sources, outputs, make } of steps) {
    const stamp = join(root, ".cache", `${outputs[0].replaceAll("/", "-")}.stamp`);
    const wanted = contentHash(root, [...sources, "package-lock.json"]);
    if (readStamp(stamp) === wanted && outputs.every((output) => existsSync(join(root, output)))) continue;
    await withProgress(title, make);
    writeStamp(stamp, wanted);
  }
}

async function generateProtocol() {
  mkdirSync(join(root, "proto", "gen"), { recursive: true });
  const bin = join(root, "node_modules", "protobufjs-cli", "bin");
  const trimmed = ["--no-create", "--no-verify", "--no-delimited", "--no-service", "--no-convert"];
  await run(productNode(), [
    join(bin, "pbjs"),
    "-t",
    "static-module",
    "-w",
    "es6",
    "--es6",
    ...trimmed,
    "-o",
    "proto/gen/fleet.js",
    "proto/fleet/v1/fleet.proto",
  ]);
  await run(productNode(), [join(bin, "pbts"), "-o", "proto/gen/fleet.d.ts", "proto/gen/fleet.js"]);
}

async function generatePrisma() {
  await run(productNode(), [join(root, "node_modules", "prisma", "build", "index.js"), "generate"]);
}

/** The pages. Only what ends up in them counts as a source: types from the server are erased. */
const PAGE_SOURCES = [
  "app",
  "components",
  "domain",
  "public",
  "next.config.ts",
  "instrumentation-client.ts",
  "postcss.config.mjs",
  "tsconfig.json",
  "package-lock.json",
];

export async function ensureBuilt() {
  const stamp = join(root, ".next", "headgate.stamp");
  const wanted = contentHash(root, PAGE_SOURCES);
  if (readStamp(stamp) === wanted && existsSync(join(root, ".next", "BUILD_ID"))) return;
  await withProgress("building the pages (under a minute)", () =>
    run(productNode(), [join(root, "node_modules", "next", "dist", "bin", "next"), "build"], {
      env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    }),
  );
  writeStamp(stamp, wanted);
}

/** Two starters in one folder take turns; a lock whose owner is gone is taken over. */
export async function withSetUpLock(work) {
  const lock = join(root, ".cache", "set-up.lock");
  mkdirSync(join(root, ".cache"), { recursive: true });
  let told = false;
  while (!tryLock(lock)) {
    const owner = Number(readStamp(lock));
    if (!isAlive(owner)) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!told) process.stderr.write(`another start (process ${owner}) is setting up this folder; waiting for it\n`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function tryLock(lock) {
  try {
    writeFileSync(lock, `${process.pid}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
