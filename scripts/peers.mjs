// `npm run peers`: builds the programs that the contract tests speak to. Takes Go, a network and about five minutes, Python and Maven for two of the SDKs; they are kept outside the
// project folder.
import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { root } from "./setUp.mjs";

const RELEASE = "v0.161.0";
const folder = process.env.HEADGATE_PEERS_DIR ?? join(homedir(), ".cache", "headgate-peers");
const bin = join(folder, "bin");

function go(title, command, args, made) {
  if (existsSync(made)) return void process.stdout.write(`${title}: there already\n`);
  process.stdout.write(`${title} …\n`);
  const { status, error } = spawnSync(command, args, { cwd: folder, stdio: "inherit", env: { ...process.env, GOBIN: bin, GOFLAGS: "-buildvcs=false" } });
  if (error || status !== 0) {
    process.stderr.write(`${title} failed${error ? `: ${error.message}` : ""}; Go 1.25 or newer has to be on the PATH\n`);
    process.exit(1);
  }
}

if (process.argv.length > 2) {
  process.stderr.write("npm run peers takes no options; HEADGATE_PEERS_DIR names another folder\n");
  process.exit(2);
}
mkdirSync(bin, { recursive: true });
copyFileSync(join(root, "tests", "contract", "peers-builder.yaml"), join(folder, "peers-builder.yaml"));
const module = "github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen";
go("building telemetrygen", "go", ["install", `${module}@${RELEASE}`], join(bin, "telemetrygen"));
// The newest that the Go module proxy has as a tagged version: it was tagged before Go had modules.
go("building h2spec", "go", ["install", "github.com/summerwind/h2spec/cmd/h2spec@v2.2.1+incompatible"], join(bin, "h2spec"));
go("building the Collector's builder", "go", ["install", `go.opentelemetry.io/collector/cmd/builder@${RELEASE}`], join(bin, "builder"));
go("building the OpenTelemetry Collector", join(bin, "builder"), ["--config", "peers-builder.yaml"], join(folder, "otelcol", "otelcol"));

/** A program with the OpenTelemetry SDK of another language (tests/contract/sdks). Where its tools are missing it is left out, and its test says so. */
function sdk(language, made, steps) {
  const title = `building a program with the SDK for ${language}`;
  if (existsSync(made)) return void process.stdout.write(`${title}: there already\n`);
  process.stdout.write(`${title} …\n`);
  const own = join(folder, `sdk-${language}`);
  rmSync(own, { recursive: true, force: true });
  cpSync(join(root, "tests", "contract", "sdks", language), own, { recursive: true });
  for (const [command, ...args] of steps) {
    const { status, error } = spawnSync(command, args, { cwd: own, stdio: "inherit", env: { ...process.env, GOFLAGS: "-buildvcs=false" } });
    if (error || status !== 0) return void process.stdout.write(`${title} failed${error ? `: ${error.message}` : ""}; its test will be skipped\n`);
  }
  if (!existsSync(made)) writeFileSync(made, "");
}

const python = join(folder, "sdk-python", "bin", "python");
sdk("go", join(bin, "sdk-go"), [["go", "build", "-o", join(bin, "sdk-go"), "."]]);
sdk("python", join(folder, "sdk-python", "made"), [
  ["python3", "-m", "venv", "."],
  [python, "-m", "pip", "install", "--quiet", "--requirement", "requirements.txt"],
]);
sdk("java", join(folder, "sdk-java", "target", "sdk-java-1.jar"), [["mvn", "--quiet", "--batch-mode", "package"]]);
