-- What is kept in full for a while, whatever the policies say, and what that came to.
CREATE TABLE "BreakGlass" (
    "id" TEXT NOT NULL,
    "condition" JSONB NOT NULL,
    "selector" TEXT NOT NULL DEFAULT '',
    "reason" TEXT NOT NULL,
    "byId" TEXT,
    "byName" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "endsAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),
    "endedBy" TEXT,
    "toldAt" TIMESTAMPTZ(3),
    "microUsdPerGb" BIGINT NOT NULL,
    "estimate" JSONB NOT NULL,

    CONSTRAINT "BreakGlass_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "BreakGlass_endedAt_idx" ON "BreakGlass"("endedAt");

CREATE TABLE "BreakGlassCount" (
    "breakGlassId" TEXT NOT NULL,
    "collectorId" TEXT NOT NULL,
    "processStartMs" BIGINT NOT NULL,
    "spans" DOUBLE PRECISION NOT NULL,
    "bytes" DOUBLE PRECISION NOT NULL,
    "active" BOOLEAN NOT NULL,
    "problem" TEXT NOT NULL DEFAULT '',
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "BreakGlassCount_pkey" PRIMARY KEY ("breakGlassId", "collectorId", "processStartMs")
);
ALTER TABLE "BreakGlassCount" ADD CONSTRAINT "BreakGlassCount_breakGlassId_fkey" FOREIGN KEY ("breakGlassId") REFERENCES "BreakGlass"("id") ON DELETE CASCADE ON UPDATE CASCADE;
