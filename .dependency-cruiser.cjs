// Who may import whom: the table of the design, one rule per row. There is no list of exceptions. Run by scripts/checkImports.mjs.

/** Only the named places may be imported by files under `from`; packages are ruled by the rules further down. */
function mayImport(name, from, places) {
  return {
    name,
    severity: "error",
    comment: `${from} may import its own room and: ${places.join(", ") || "nothing"}`,
    from: { path: `^${from}`, pathNot: TEST_FILE },
    to: { path: `^(${HOUSE})/`, pathNot: [`^${from}`, ...places.map((place) => `^${place}`)] },
  };
}

/** The packages matching `packages` may be imported by files under `allowed` and by nobody else. */
function onlyFrom(name, packages, allowed) {
  return {
    name,
    severity: "error",
    comment: `only ${allowed} may import ${packages}`,
    from: { path: `^(${HOUSE})/`, pathNot: [`^${allowed}`, "^(tests|bench|scripts|examples)/"] },
    to: { path: packages },
  };
}

const HOUSE = "app|as-code|components|domain|proto|server|collector|traffic|prisma|tests|bench|scripts|examples";
const PRODUCT = "app|as-code|components|domain|proto|server|collector|traffic";
/** Unit tests, and the data that only they use, stand beside the source. */
const TEST_FILE = "\\.test\\.tsx?$|TestData\\.ts$";
const ERRORS = "server/errors/";

/** The collector's rooms in the order the data flows; none imports one before it. */
const FLOW = ["receive", "sample", "batch", "deliver"];

module.exports = {
  forbidden: [
    mayImport("domain", "domain/", []),
    mayImport("components", "components/", ["domain/", "server/trpc/"]),
    {
      name: "components-only-types-from-server",
      severity: "error",
      from: { path: "^components/" },
      to: { path: "^server/", dependencyTypesNot: ["type-only"] },
    },
    mayImport("app", "app/", ["components/", "domain/"]),
    mayImport("server-trpc", "server/trpc/", ["server/services/", "server/telemetry/", "domain/", ERRORS]),
    mayImport("server-api", "server/api/", ["server/services/", "domain/", ERRORS]),
    mayImport("server-fleet", "server/fleet/", ["server/services/", "server/telemetry/", "domain/", "proto/gen/", ERRORS]),
    mayImport("server-jobs", "server/jobs/", ["server/services/", "server/telemetry/", "domain/", ERRORS]),
    mayImport("server-services", "server/services/", ["server/db/", "domain/", ERRORS]),
    mayImport("server-telemetry", "server/telemetry/", ["server/db/", "domain/", ERRORS]),
    mayImport("server-auth", "server/auth/", ["server/db/", "domain/", ERRORS]),
    mayImport("server-db", "server/db/", ["domain/", ERRORS]),
    mayImport("server-errors", "server/errors/", ["domain/"]),
    mayImport("server", "server/", ["domain/", "proto/gen/", "app/"]),
    mayImport("collector", "collector/", ["domain/", "proto/gen/"]),
    mayImport("collector-otlp", "collector/otlp/", []),
    mayImport("as-code", "as-code/", ["domain/"]),
    mayImport("traffic", "traffic/", ["domain/", "proto/gen/"]),
    mayImport("proto", "proto/", []),
    ...FLOW.slice(1).map((room, index) => ({
      name: `collector-flow-${room}`,
      severity: "error",
      comment: "data flows receive → sample → batch → deliver, and no room imports one before it",
      from: { path: `^collector/${room}/`, pathNot: TEST_FILE },
      to: { path: `^collector/(${FLOW.slice(0, index + 1).join("|")})/` },
    })),
    {
      name: "only-main-composes",
      severity: "error",
      comment: "server/main.ts and collector/main.ts compose; nobody imports them",
      from: {},
      to: { path: "^(as-code|server|collector|traffic)/main\\.ts$" },
    },
    {
      name: "nobody-imports-tests-bench-scripts",
      severity: "error",
      from: { path: `^(${PRODUCT})/` },
      to: { path: "^(tests|bench|scripts|examples)/" },
    },
    onlyFrom("only-server-db-imports-prisma", "node_modules/(@prisma|prisma|\\.prisma|pg)/|^server/db/gen/", "server/db/"),
    onlyFrom("only-server-auth-imports-better-auth", "node_modules/(better-auth|@better-auth)/", "server/auth/"),
    {
      name: "domain-is-pure",
      severity: "error",
      comment: "no I/O: zod and small pure libraries only",
      from: { path: "^domain/", pathNot: TEST_FILE },
      to: { path: "node_modules/", pathNot: "node_modules/(zod|re2js|@noble/hashes|yaml)/" },
    },
    {
      name: "domain-and-pages-use-no-node-modules",
      severity: "error",
      from: { path: "^(domain|components|app)/", pathNot: TEST_FILE },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "collector-otlp-imports-nothing",
      severity: "error",
      from: { path: "^collector/otlp/", pathNot: TEST_FILE },
      to: { pathNot: "^collector/otlp/" },
    },
    {
      name: "collector-http-without-fetch",
      severity: "error",
      comment: "values of node:http come from collector/nodeHttp.ts: importing them loads all of fetch, ten megabytes",
      from: { path: "^collector/", pathNot: TEST_FILE },
      to: { path: "^(node:)?http$", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "no-development-packages-in-the-product",
      severity: "error",
      from: { path: `^(${PRODUCT})/`, pathNot: TEST_FILE },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
    { name: "only-tests-import-test-data", severity: "error", from: { path: `^(${PRODUCT})/`, pathNot: TEST_FILE }, to: { path: "TestData\\.ts$" } },
    {
      name: "no-cycles",
      severity: "error",
      comment: "types are erased, so they can't make one",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "everything-resolves", severity: "error", from: {}, to: { couldNotResolve: true } },
    { name: "no-packages-outside-package-json", severity: "error", from: {}, to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] } },
  ],
  options: {
    doNotFollow: { path: ["node_modules", "(^|/)gen/"] },
    exclude: { path: ["^\\.next/", "^next-env\\.d\\.ts$"] },
    tsPreCompilationDeps: true,
    moduleSystems: ["es6", "cjs"],
    enhancedResolveOptions: { conditionNames: ["import", "require", "node", "default", "types"], exportsFields: ["exports"], importsFields: ["imports"] },
  },
};
