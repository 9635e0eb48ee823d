// Checks the import table (.dependency-cruiser.cjs). dependency-cruiser reads TypeScript through the JavaScript API of TypeScript 6, which
// TypeScript 7 doesn't have; so inside this process "typescript" is the package "typescript-6".
import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import { chdir } from "node:process";
import { fileURLToPath } from "node:url";

const root = new URL("..", import.meta.url);
const typescript6 = new URL("node_modules/typescript-6/", root);

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === "typescript") return { url: new URL("lib/typescript.js", typescript6).href, format: "commonjs", shortCircuit: true };
    if (specifier === "typescript/package.json") return { url: new URL("package.json", typescript6).href, format: "json", shortCircuit: true };
    return nextResolve(specifier, context);
  },
});

/** The project, or a folder laid out like it (its tests check that the rules can fail). */
chdir(process.argv[2] ?? fileURLToPath(root));
const { cruise } = await import("dependency-cruiser");
const { default: config } = await import("../.dependency-cruiser.cjs");

const rooms = ["app", "components", "domain", "proto", "server", "collector", "traffic", "tests", "bench", "scripts", "examples"].filter((room) =>
  existsSync(room),
);
const { output, exitCode } = await cruise(rooms, { ...config.options, ruleSet: { forbidden: config.forbidden }, validate: true, outputType: "err" });
process.stdout.write(String(output).replace(/^\n+/, ""));
process.exitCode = exitCode === 0 ? 0 : 1;
