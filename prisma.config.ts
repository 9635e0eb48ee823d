import { defineConfig } from "prisma/config";

// Prisma's CLI would otherwise fetch a native schema engine; this one comes with the packages.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= `${import.meta.dirname}/scripts/schema-engine.mjs`;

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  datasource: { url: process.env.DATABASE_URL ?? "postgresql://postgres@127.0.0.1:5432/headgate" },
});
