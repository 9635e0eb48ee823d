import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { parseCollectorConfig } from "../domain/fleet/collectorConfig.ts";
import { processSettingsSchema } from "../domain/fleet/collectorFile.ts";
import { exportSettingsSchema } from "../domain/pipeline/exportSettings.ts";
import { pipelineSettingsSchema } from "../domain/pipeline/pipelineSettings.ts";
import { REDACTED_BY_DEFAULT } from "../domain/pipeline/redaction.ts";
import { DEFAULT_DESTINATION, ROUTES_MAX, routesSchema } from "../domain/pipeline/routes.ts";
import { CONDITION_DEPTH_MAX, SPAN_COUNT_MAX, VALUE_LENGTH_MAX, VALUES_MAX } from "../domain/sampling/condition.ts";
import { BUDGET_MAX, BUDGET_MIN, BUDGET_WINDOW_MS } from "../domain/sampling/keep.ts";
import { ATOMS_MAX, TIER_NAME_MAX, TIERS_MAX } from "../domain/sampling/samplingPolicy.ts";
import { traceSettingsShape } from "../domain/sampling/traceSettings.ts";
import { root } from "./setUp.mjs";

const jsonSchema = (schema) => z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });

/** A whole file, as it is printed in the page. It is parsed before it is printed, as is every example below. */
const EXAMPLE = {
  sampling: {
    scope: "trace",
    decisionWaitMs: 10_000,
    tracesMax: 100_000,
    tiers: [
      { name: "errors", condition: { kind: "status", is: "error" }, keep: { kind: "ratio", ratio: 1 } },
      { name: "slow requests", condition: { kind: "latency", aboveMs: 500 }, keep: { kind: "ratio", ratio: 1 } },
      {
        name: "important APIs",
        condition: { kind: "endpoint", match: "contains", values: ["/api/payment", "/api/checkout"] },
        keep: { kind: "ratio", ratio: 0.5 },
      },
      { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0.01 } },
    ],
  },
  pipeline: { queue: { spansMax: 100_000 } },
  export: { kind: "otlp", protocol: "grpc", endpoint: "http://127.0.0.1:4319", compression: "gzip", headers: { "x-api-key": "the key" } },
};

/** Errors to a backend of their own, everything else to the archive. */
const ROUTED = {
  sampling: {
    tiers: [
      { name: "errors", condition: { kind: "status", is: "error" }, keep: { kind: "ratio", ratio: 1 } },
      { name: "slow requests", condition: { kind: "latency", aboveMs: 500 }, keep: { kind: "ratio", ratio: 1 } },
      { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0.01 } },
    ],
  },
  export: { kind: "archive" },
  routes: [
    {
      name: "on-call",
      tiers: ["errors", "slow requests"],
      export: { kind: "otlp", protocol: "grpc", endpoint: "http://127.0.0.1:4319", headers: { "x-api-key": "the key" } },
    },
  ],
};

const ERROR = { kind: "status", is: "error" };
const PAYMENTS = { kind: "service", match: "exact", values: ["payments"] };

const CONDITIONS = [
  [{ kind: "always" }, "Everything. Only the last tier, the default, may say this, and it must."],
  [ERROR, "The span's status: `error`, `ok` or `unset`."],
  [
    { kind: "latency", aboveMs: 500 },
    "End minus start, strictly above; of a trace, last end minus first start. A time that is not set (0) counts as unknown, and then there is no latency.",
  ],
  [
    { kind: "endpoint", match: "contains", values: ["/api/payment"] },
    "Span name, `http.route`, `url.path` or `rpc.method`. `match`: `exact`, `prefix`, `contains` or `regex` (RE2, anywhere unless anchored).",
  ],
  [{ kind: "service", match: "exact", values: ["checkout"] }, "The resource's `service.name`, matched in the same ways."],
  [
    { kind: "attribute", key: "http.response.status_code", op: "atLeast", value: 500 },
    "An attribute of the span, or with `in: resource` of the resource. `op`: `equals`, `notEquals`, `above`, `atLeast`, `below`, `atMost`, `contains`, `prefix`, `regex`, `exists`.",
  ],
  [{ kind: "spanKind", is: "server" }, "`internal`, `server`, `client`, `producer`, `consumer` or `unspecified`."],
  [
    { kind: "spanCount", atLeast: 1000 },
    `The trace has so many spans, as far as they have come when it is decided: 1–${SPAN_COUNT_MAX.toLocaleString("en-US")}. Trace scope only, and not inside \`sameSpan\`.`,
  ],
  [{ kind: "all", of: [ERROR, { kind: "latency", aboveMs: 100 }] }, "All of the list hold. `any`: at least one does."],
  [{ kind: "not", of: { kind: "spanKind", is: "internal" } }, "The one inside does not hold."],
  [{ kind: "sameSpan", of: { kind: "all", of: [ERROR, PAYMENTS] } }, "One span fulfils all of it by itself. In span scope that is so anyway."],
];

/** What a condition asks of a span, and what of a trace. */
const SCOPES = [
  [ERROR, "with status error", "with at least one span with status error"],
  [{ kind: "all", of: [ERROR, PAYMENTS] }, "of payments with status error", "with a span with status error and a span of payments, the same or another"],
  [{ kind: "sameSpan", of: { kind: "all", of: [ERROR, PAYMENTS] } }, "of payments with status error", "with a span of payments with status error"],
  [{ kind: "any", of: [ERROR, PAYMENTS] }, "with status error, or of payments", "with a span with status error, or with a span of payments"],
  [{ kind: "not", of: ERROR }, "without status error", "without any span with status error"],
  [{ kind: "sameSpan", of: { kind: "not", of: ERROR } }, "without status error", "with at least one span without status error"],
  [{ kind: "latency", aboveMs: 500 }, "that took longer than 500 ms", "that took longer than 500 ms from its first start to its last end"],
  [{ kind: "sameSpan", of: { kind: "latency", aboveMs: 500 } }, "that took longer than 500 ms", "with a span that took longer than 500 ms"],
];

const ENVIRONMENT = [
  ["server", "DATABASE_URL", "the embedded Postgres in the data folder", "A Postgres of your own: `postgresql://user:password@host/database`."],
  [
    "both",
    "HEADGATE_DATA_DIR",
    "`.headgate` in the project folder",
    "Where everything is kept: database, secret, archive, recording, credentials, the last good configuration.",
  ],
  ["server", "HEADGATE_HTTP_HOST", "`127.0.0.1`", "Where the pages and the API listen."],
  ["server", "HEADGATE_HTTP_PORT", "`3000`", ""],
  ["server", "HEADGATE_FLEET_HOST", "`127.0.0.1`", "Where the fleet service listens for collectors."],
  ["server", "HEADGATE_FLEET_PORT", "`4320`", ""],
  ["server", "HEADGATE_PUBLIC_URL", "from host and port", "The address that people and links use, where a proxy stands in front."],
  ["server", "HEADGATE_SECRET", "made once, kept in the data folder", "Signs sessions and encrypts secrets at rest. With several replicas, give all the same."],
  ["collector", "HEADGATE_CONFIG", "", "The configuration file, same as `--config FILE`."],
  ["collector", "HEADGATE_FLEET_URL", "not managed", "The control plane's fleet address, for example `http://127.0.0.1:4320`."],
  ["collector", "HEADGATE_ENROLMENT_TOKEN", "", "Traded once for a credential of the collector's own."],
  ["collector", "HEADGATE_NAME", "the host name", "What the collector is called on the pages."],
  ["collector", "HEADGATE_LABELS", "", "Labels such as `env=prod,region=eu`."],
  ["collector", "HEADGATE_OTLP_HOST", "`127.0.0.1`", "Where traces are received."],
  ["collector", "HEADGATE_OTLP_GRPC_PORT", "`4317`", ""],
  ["collector", "HEADGATE_OTLP_HTTP_PORT", "`4318`", ""],
  ["collector", "HEADGATE_METRICS_HOST", "`127.0.0.1`", "Where `/metrics`, `/healthz` and `/readyz` are served."],
  ["collector", "HEADGATE_METRICS_PORT", "`8888`", ""],
  [
    "collector",
    "HEADGATE_PPROF",
    "`loopback`",
    "Who may record CPU and heap profiles at `/debug/pprof/` on that port: `loopback` (this machine), `anyone` or `nobody`.",
  ],
  ["`headgate`", "HEADGATE_URL", "`http://127.0.0.1:3000`", "The server that `export`, `plan` and `apply` speak to: [as-code.md](as-code.md)."],
  ["`headgate`", "HEADGATE_TOKEN", "", "The API token that they use."],
  ["server", "HEADGATE_WEBHOOKS_PRIVATE", "`refuse`", "`allow`: webhooks may be sent to this machine and to private networks (docs/webhooks.md)."],
  ["both", "HEADGATE_LOG_LEVEL", "`info`", "`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`."],
];

const REDACTED = `Not written by default, where \`pipeline.recording.redact\` says nothing else ([replay.md](replay.md#what-is-never-written) says why): ${REDACTED_BY_DEFAULT.map((key) => `\`${key}\``).join(", ")}.`;

export async function configurationPage() {
  const pipeline = jsonSchema(pipelineSettingsSchema).properties;
  mustParse(EXAMPLE);
  mustParse(ROUTED);
  return `${[
    "# Configuration",
    "<!-- Written by `npm run docs` from the schemas; edit those. -->",
    "A collector runs one document, from a file (`--config FILE`, YAML or JSON) or from the control plane; it is the same document and the same schema. Every part has\ndefaults: a file with only `export.endpoint` is a working pass-through. An error names the path, and nothing starts or changes:",
    `\`\`\`text\n${errorExample()}\n\`\`\``,
    `\`\`\`yaml\n${yaml(EXAMPLE)}\n\`\`\``,
    "## sampling",
    "An ordered list of tiers; the first whose condition matches decides whether a span, or a whole trace, is kept. The last tier is the default and matches everything.\nWith nothing given there is one tier, `default`, which keeps all.",
    table(
      ["setting", "default", "limits", "meaning"],
      [
        [
          "`sampling.scope`",
          "`span`",
          "`span`, `trace`",
          "`span`: each span is decided at once and by itself. `trace`: spans wait for their trace, which is then decided as a whole (tail sampling).",
        ],
        ["`sampling.tiers`", "one tier that keeps everything", `1–${TIERS_MAX} tiers, ${ATOMS_MAX} comparisons in all`, "The tiers, in order."],
        ["`…tiers[].name`", "(required)", `1–${TIER_NAME_MAX} characters, no two alike`, "What the tier is called in metrics and on the pages."],
        ["`…tiers[].condition`", "(required)", `nested at most ${CONDITION_DEPTH_MAX} deep`, "What the tier matches, see below."],
        ["`…tiers[].keep`", "(required)", "`ratio` or `budget`", "How much of it is kept, see below."],
      ],
    ),
    "### Keep",
    table(
      ["keep", "limits", "meaning"],
      [
        [
          `\`${inline(checkedKeep({ kind: "ratio", ratio: 0.5 }))}\``,
          "0–1",
          "The share that is kept. It is decided by the trace's randomness, so every collector decides alike and a higher ratio only adds traces.",
        ],
        [
          `\`${inline(checkedKeep({ kind: "budget", spansPerSecond: 200 }))}\``,
          `${BUDGET_MIN}–${group(BUDGET_MAX)}`,
          `Spans per second, for each collector by itself: three collectors keep up to three times as many. The share follows the traffic, so that over any ${BUDGET_WINDOW_MS / 1000} s no more than the budget is kept; what stays below a third of it is kept whole, however unevenly it comes.`,
        ],
      ],
    ),
    "A budget is kept to as far as can be foreseen: a trace is decided as a whole, chance makes it a little more or less, and a sudden burst may take up\nto 1.5 s of the budget more before it is noticed. The share follows what was offered, never what was kept. Whatever the keep, a kept span\ncarries the share that was in force in its tracestate (`ot=th:…`), so that a backend can count back what it stands for.",
    "### Whole traces",
    "These settings belong to `scope: trace`; with `scope: span` giving one is an error.",
    settingsTable("sampling", jsonSchema(z.strictObject(traceSettingsShape))),
    "A policy that changes loses no span: traces that wait are decided under the version that they arrived with, or early where the new bounds leave no room.",
    "### Conditions",
    `Lists have at most ${VALUES_MAX} entries, texts at most ${VALUE_LENGTH_MAX} characters.`,
    table(
      ["condition", "matches"],
      CONDITIONS.map(([condition, meaning]) => [`\`${inline(checkedCondition(condition))}\``, meaning]),
    ),
    "In span scope a condition is asked of each span. In trace scope a comparison holds for a trace when it holds for any of its spans; `all`, `any` and `not` then combine what\nholds for the trace, unless `sameSpan` asks it of one span:",
    table(
      ["condition", "`scope: span` matches a span", "`scope: trace` matches a trace"],
      SCOPES.map(([condition, span, trace]) => [`\`${inline(checkedCondition(condition, ["span", "trace"]))}\``, span, trace]),
    ),
    ...Object.entries(pipeline)
      .filter(([, section]) => section.type === "object")
      .map(([name, section]) => `## pipeline.${name}\n\n${settingsTable(`pipeline.${name}`, section)}${name === "recording" ? `\n\n${REDACTED}` : ""}`),
    "## export",
    "Where kept spans go. With nothing given they go to the local archive.",
    ...jsonSchema(exportSettingsSchema).oneOf.map((kind) => `### kind: ${kind.properties.kind.const}\n\n${settingsTable("export", kind)}`),
    "## routes",
    `Where the kept spans of some tiers go instead of \`export\`: a list of at most ${ROUTES_MAX}, none by default. What no route names goes to \`export\`, which is called\n\`${DEFAULT_DESTINATION}\` in metrics and on disk. Each route has a queue, a breaker and a write-ahead log of its own, with the bounds under \`pipeline\`, so a backend that is\ndown does not hold up the others; memory and disk are needed for each. A tier goes to one route at most and must be in \`sampling.tiers\`. Routes are part of a\nconfiguration file; the control plane does not edit them yet.`,
    table(
      ["setting", "limits", "meaning"],
      Object.entries(jsonSchema(routesSchema).items.properties).map(([name, setting]) => [`\`routes[].${name}\``, ROUTE_LIMITS[name], setting.description]),
    ),
    "All errors and slow requests go to the backend that people look at when something is wrong; a hundredth of the rest is kept in the archive:",
    `\`\`\`yaml\n${yaml(ROUTED)}\n\`\`\``,
    `What doesn't fit is refused at its place: \`${routeErrors().join("`, `")}\`.`,
    "## The process",
    "These belong to the process: they stand in the collector's own file beside its configuration, hold also while the control plane sends the configuration, and are read at the\nstart.",
    table(["setting", "default", "limits", "meaning"], processRows("", jsonSchema(processSettingsSchema))),
    "With several `workers` every thread receives on the same ports (the kernel spreads connections over them), samples, queues and delivers, with an equal part of every bound and\nbudget above, `pipeline.memory` excepted, which is the whole process's. In trace scope each decides on the traces that hash to it, whichever thread their spans came in at. In span scope a\nbudget is each thread's part by itself: with few connections some of it may stay unused. What a thread has on disk lies in `workers/N` of the data folder; fewer threads at the next start\ndeliver what the others left. A connection is one thread's: a single sender is not made faster by them.",
    "## Environment",
    "Port 0 means any free one; the chosen ones are printed in the start-up line (JSON when stdout is not a terminal). An unknown `HEADGATE_*` name or a bad value stops the start\nwith one line that says which, and exit code 2.",
    table(["process", "variable", "default", "meaning"], environment()),
  ].join("\n\n")}\n`;
}

function settingsTable(prefix, section) {
  const rows = settingRows(prefix, section);
  return rows.length === 0 ? "No settings: kept spans are counted as delivered and thrown away." : table(["setting", "default", "limits", "meaning"], rows);
}

function settingRows(prefix, section) {
  return Object.entries(section.properties)
    .filter(([name, setting]) => setting.type !== undefined && name !== "kind")
    .flatMap(([name, setting]) =>
      setting.properties ? settingRows(`${prefix}.${name}`, setting) : [settingRow(`${prefix}.${name}`, setting, section.required?.includes(name))],
    );
}

/** A longer default does not fit into a cell. */
const LISTED_MAX = 8;

function settingRow(path, setting, required) {
  const fallback =
    setting.default === undefined
      ? required
        ? "(required)"
        : "see meaning"
      : Array.isArray(setting.default) && setting.default.length > LISTED_MAX
        ? `${setting.default.length} entries, see below`
        : `\`${JSON.stringify(setting.default).replace(/^"|"$/g, "")}\``;
  const limits = setting.enum
    ? setting.enum.map((value) => `\`${value}\``).join(", ")
    : setting.minimum !== undefined
      ? `${group(setting.minimum)}–${group(setting.maximum)}`
      : setting.type === "boolean"
        ? "`true`, `false`"
        : setting.maxItems !== undefined
          ? `at most ${setting.maxItems}`
          : "";
  return [`\`${path}\``, fallback, limits, setting.description ?? ""];
}

/** Of the process, where a setting may be one of several kinds. */
function processRows(prefix, section) {
  return Object.entries(section.properties).flatMap(([name, setting]) => {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    if (setting.properties !== undefined) return processRows(path, setting);
    if (setting.anyOf === undefined) return [settingRow(path, setting, section.required?.includes(name))];
    const [word, number] = setting.anyOf;
    return [[`\`${path}\``, `\`${setting.default}\``, `\`${word.const}\`, ${number.minimum}–${number.maximum}`, setting.description]];
  });
}

const ROUTE_LIMITS = {
  name: "1–40 of `a-z`, `0-9`, `-`, `_`; no two alike",
  tiers: "1–64, no tier twice",
  export: "`kind: otlp` or `discard`",
};

/** Each is tried, so the page can't promise an error that does not come. */
function routeErrors() {
  const [route] = ROUTED.routes;
  const wrong = [[{ ...route, tiers: ["slow"] }], [route, { ...route, name: "second", tiers: ["errors"] }], [{ ...route, export: { kind: "archive" } }]];
  return wrong.map((routes) => problemsOf({ ...ROUTED, routes })[0]).map(({ path, message }) => `${path}: ${message.replaceAll("`", "")}`);
}

/** The table names exactly the variables that the two env.ts files know. */
function environment() {
  const known = new Set(
    ["server", "collector"].flatMap((side) => readFileSync(join(root, side, "env.ts"), "utf8").match(/\b(HEADGATE_[A-Z_]+|DATABASE_URL)\b/g) ?? []),
  );
  const listed = new Set(ENVIRONMENT.map(([, name]) => name));
  const different = [...known.symmetricDifference(listed)].filter((name) => !name.endsWith("_"));
  if (different.length > 0) throw new Error(`the table of environment variables and env.ts differ in: ${different.join(", ")}`);
  return ENVIRONMENT.map(([side, name, fallback, meaning]) => [side, `\`${name}\``, fallback, meaning]);
}

function errorExample() {
  const [problem] = problemsOf({ sampling: { tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 50 } }] } });
  return `${problem.path}: ${problem.message}`;
}

function problemsOf(input) {
  const parsed = parseCollectorConfig(input);
  if (parsed.ok) throw new Error(`was to be refused: ${JSON.stringify(input)}`);
  return parsed.problems;
}

function mustParse(input) {
  const parsed = parseCollectorConfig(input);
  if (!parsed.ok) throw new Error(`an example of the page is refused: ${JSON.stringify(parsed.problems)}`);
}

const LAST = { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 1 } };

function checkedCondition(condition, scopes = ["trace"]) {
  const tiers = condition.kind === "always" ? [LAST] : [{ ...LAST, name: "example", condition }, LAST];
  for (const scope of scopes) mustParse({ sampling: { scope, tiers } });
  return condition;
}

function checkedKeep(keep) {
  mustParse({ sampling: { tiers: [{ ...LAST, keep }] } });
  return keep;
}

const group = (number) => number.toLocaleString("en-US");
const table = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`).join("\n");
const plain = (value) => (typeof value === "string" && /^[A-Za-z_][\w ./-]*$/.test(value) ? value : JSON.stringify(value));

/** YAML flow style, on one line. */
function inline(value) {
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  if (typeof value === "object")
    return `{ ${Object.entries(value)
      .map(([key, item]) => `${key}: ${inline(item)}`)
      .join(", ")} }`;
  return plain(value);
}

function yaml({ sampling, pipeline = {}, export: exporting, routes = [] }) {
  return [
    "sampling:",
    ...Object.entries(sampling)
      .filter(([name]) => name !== "tiers")
      .map(([name, value]) => `  ${name}: ${inline(value)}`),
    "  tiers:",
    ...sampling.tiers.map((tier) => `    - ${inline(tier)}`),
    ...(Object.keys(pipeline).length > 0 ? ["pipeline:"] : []),
    ...Object.entries(pipeline).map(([name, section]) => `  ${name}: ${inline(section)}`),
    "export:",
    ...Object.entries(exporting).map(([name, value]) => `  ${name}: ${inline(value)}`),
    ...(routes.length > 0 ? ["routes:"] : []),
    ...routes.flatMap((route) => Object.entries(route).map(([name, value], index) => `  ${index === 0 ? "-" : " "} ${name}: ${inline(value)}`)),
  ].join("\n");
}
