-- A candidate policy that collectors try beside the running one, and what each of them counted so far.
CREATE TABLE "Shadow" (
    "id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "policy" JSONB NOT NULL,
    "policyId" TEXT,
    "policyVersion" INTEGER,
    "groupId" TEXT,
    "collectorIds" TEXT[],
    "startedBy" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "endsAt" TIMESTAMPTZ(3) NOT NULL,
    "stoppedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Shadow_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "Shadow_startedAt_idx" ON "Shadow"("startedAt");
CREATE INDEX "Shadow_endsAt_idx" ON "Shadow"("endsAt");

CREATE TABLE "ShadowReport" (
    "shadowId" TEXT NOT NULL,
    "collectorId" TEXT NOT NULL,
    "report" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ShadowReport_pkey" PRIMARY KEY ("shadowId", "collectorId")
);
ALTER TABLE "ShadowReport" ADD CONSTRAINT "ShadowReport_shadowId_fkey" FOREIGN KEY ("shadowId") REFERENCES "Shadow"("id") ON DELETE CASCADE ON UPDATE CASCADE;
