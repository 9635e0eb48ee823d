// Writes docs/api.md from the table of routes and docs/configuration.md from the schemas and the declared environment variables; with --check it fails when a page is
// not what they say now.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { productNode, root } from "./setUp.mjs";

const args = process.argv.slice(2);
const unknown = args.find((arg) => arg !== "--check");
if (unknown !== undefined) {
  process.stderr.write(`unknown option ${unknown}; the only one is --check\n`);
  process.exit(2);
}

// The schemas are TypeScript, which needs the product's runtime.
if (!process.features.typescript) {
  process.exit(spawnSync(productNode(), [fileURLToPath(import.meta.url), ...args], { stdio: "inherit" }).status ?? 1);
}

const { apiPage } = await import("./apiPage.mjs");
const { configurationPage } = await import("./configurationPage.mjs");

const PAGES = [
  { name: "docs/api.md", made: apiPage, from: "the table of routes says" },
  { name: "docs/configuration.md", made: configurationPage, from: "the schemas say" },
];

for (const { name, made, from } of PAGES) {
  const page = join(root, name);
  const wanted = await made();
  const stands = existsSync(page) ? readFileSync(page, "utf8") : "";
  if (stands === wanted) process.stdout.write(`${name} says what ${from}\n`);
  else if (args.includes("--check")) {
    process.stderr.write(`${name} is not what ${from}; run: npm run docs\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(page, wanted);
    process.stdout.write(`${name} written\n`);
  }
}
