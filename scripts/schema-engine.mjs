#!/usr/bin/env node
// Stands in for Prisma's native schema engine, which would have to be downloaded: the same flags and JSON-RPC on stdio,
// on @prisma/schema-engine-wasm and @prisma/adapter-pg. `prisma migrate diff|dev` and `prisma generate` find it through prisma.config.ts.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as engineModule from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";

const PG_CHAR = 18;
const PG_BPCHAR = 1042;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { datamodels: { type: "string", multiple: true }, datasource: { type: "string" } },
});
const url = values.datasource ? JSON.parse(values.datasource).url : undefined;

class SchemaAdapterFactory extends PrismaPg {
  async connect() {
    return mend(await super.connect());
  }
  async connectToShadowDb() {
    const database = `prisma_migrate_shadow_db_${randomUUID()}`;
    const main = await super.connect();
    await main.client.query(`CREATE DATABASE "${database}"`);
    const shadow = mend(await new PrismaPg({ ...this.config, database }).connect());
    const dispose = shadow.dispose.bind(shadow);
    shadow.dispose = async () => {
      await dispose();
      await main.client.query(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
      await main.dispose();
    };
    return shadow;
  }
}

if (positionals[0] === "cli") await answerCli(positionals[1], url);
else await serve();

async function answerCli(verb, target) {
  const name = decodeURIComponent(new URL(target).pathname.slice(1));
  const admin = new URL(target);
  if (verb !== "can-connect-to-database") admin.pathname = "/postgres";
  const client = new pg.Client({ connectionString: String(admin) });
  try {
    await client.connect();
    if (verb === "create-database") await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
    if (verb === "drop-database") await client.query(`DROP DATABASE ${pg.escapeIdentifier(name)}`);
    await client.end();
    process.exit(0);
  } catch (error) {
    const fields = { message: `Can't reach database \`${name}\`: ${error.message}`, error_code: error.code === "3D000" ? "P1003" : "P1001" };
    process.stderr.write(`\n${JSON.stringify({ timestamp: new Date().toISOString(), level: "ERROR", fields, target: "schema_engine::logger" })}\n`);
    process.exit(1);
  }
}

async function serve() {
  const engine = await loadEngine();
  const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  for await (const line of createInterface({ input: process.stdin })) {
    if (!line.trim()) continue;
    const message = JSON.parse(line);
    if (!message.method) continue;
    try {
      const input = Array.isArray(message.params) ? message.params[0] : message.params;
      // Only devDiagnostic is given the shadow database; the others read the schema it keeps, and applyMigrations forgets that.
      if (message.method === "evaluateDataLoss" || message.method === "createMigration") {
        await engine.devDiagnostic({ migrationsList: input.migrationsList, filters: input.filters });
      }
      const result = await engine[message.method](input);
      if (message.method === "diff" && result.stdout != null) send({ id: 1, method: "print", params: { content: result.stdout } });
      send({ id: message.id, result: result ?? null });
    } catch (error) {
      const data = { is_panic: false, message: error.message, meta: error.meta ?? null, error_code: error.code ?? null };
      send({ id: message.id, error: { code: 4466, message: "An error happened. Check the data field for details.", data } });
    }
  }
  process.exit(0);
}

async function loadEngine() {
  const wasmPath = createRequire(import.meta.url)
    .resolve("@prisma/schema-engine-wasm/schema_engine_bg")
    .replace(/\.js$/, ".wasm");
  const { instance } = await WebAssembly.instantiate(readFileSync(wasmPath), { "./schema_engine_bg.js": engineModule });
  engineModule.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  const factory = bindMigrationAwareSqlAdapterFactory(new SchemaAdapterFactory(url ? connectionFields(url) : { host: "unused.invalid" }));
  const datamodels = values.datamodels?.map((file) => [file, readFileSync(file, "utf8")]);
  return engineModule.SchemaEngine.new({ datamodels }, () => {}, factory);
}

/** pg lets `connectionString` win over `database`, so the shadow pool would point at the main database; fields don't. */
function connectionFields(connectionString) {
  const { host, port, user, password, database, ssl } = new pg.Client({ connectionString });
  return { host, port, user, password, database, ssl, max: 4 };
}

/** adapter-pg does not know pg_catalog's "char", and splits scripts at semicolons; the schema engine needs both right. */
function mend(adapter) {
  const mendQueryable = (queryable) => {
    const performIO = queryable.performIO.bind(queryable);
    queryable.performIO = async (query) => {
      const result = await performIO(query);
      for (const field of result.fields ?? []) if (field.dataTypeID === PG_CHAR) field.dataTypeID = PG_BPCHAR;
      return result;
    };
    return queryable;
  };
  mendQueryable(adapter);
  const startTransaction = adapter.startTransaction.bind(adapter);
  adapter.startTransaction = async (isolation) => mendQueryable(await startTransaction(isolation));
  adapter.executeScript = async (script) => {
    try {
      await adapter.client.query(script);
    } catch (error) {
      adapter.onError(error);
    }
  };
  return adapter;
}
