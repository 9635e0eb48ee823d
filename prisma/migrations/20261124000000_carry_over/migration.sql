-- AlterTable
ALTER TABLE "ConfigReport" ADD COLUMN     "carryOver" JSONB;

-- CreateTable
CREATE TABLE "RelayedQuestion" (
    "id" TEXT NOT NULL,
    "askedBy" TEXT NOT NULL,
    "replica" TEXT NOT NULL,
    "collectorId" TEXT NOT NULL,
    "traceId" TEXT NOT NULL,
    "timeoutMs" INTEGER NOT NULL,
    "answer" TEXT,
    "askedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RelayedQuestion_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "RelayedQuestion_askedAt_idx" ON "RelayedQuestion"("askedAt");
