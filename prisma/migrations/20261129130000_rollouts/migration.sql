-- Rollouts: a group moves to another revision in stages. A staged revision is not its group's as long as its rollout has not completed.
ALTER TABLE "Revision" ADD COLUMN "rollout" INTEGER;
ALTER TABLE "Revision" ADD COLUMN "isStaged" BOOLEAN NOT NULL DEFAULT false;

-- How often a collector's process started and how often its stream was lost: a rollout looks at what was added since it changed the collector.
ALTER TABLE "Collector" ADD COLUMN "processStartMs" DOUBLE PRECISION NOT NULL DEFAULT 0;
ALTER TABLE "Collector" ADD COLUMN "starts" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "Collector" ADD COLUMN "streamsLost" INTEGER NOT NULL DEFAULT 0;

CREATE TABLE "Rollout" (
    "number" SERIAL NOT NULL,
    "groupId" TEXT NOT NULL,
    "isLive" BOOLEAN NOT NULL DEFAULT true,
    "phase" TEXT NOT NULL,
    "state" JSONB NOT NULL,
    "kind" TEXT NOT NULL,
    "documentId" TEXT NOT NULL,
    "documentName" TEXT NOT NULL,
    "fromVersion" INTEGER,
    "toVersion" INTEGER NOT NULL,
    "fromRevision" INTEGER NOT NULL,
    "toRevision" INTEGER NOT NULL,
    "sentences" JSONB NOT NULL DEFAULT '[]',
    "forecast" JSONB,
    "overrideReason" TEXT,
    "message" TEXT,
    "authorName" TEXT NOT NULL,
    "approverName" TEXT,
    "results" JSONB NOT NULL DEFAULT '[]',
    "bases" JSONB NOT NULL DEFAULT '{}',
    "collectors" INTEGER NOT NULL DEFAULT 0,
    "outcome" JSONB,
    "events" INTEGER NOT NULL DEFAULT 0,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),
    "watchedSince" TIMESTAMPTZ(3) NOT NULL,
    "tickedAt" TIMESTAMPTZ(3) NOT NULL,
    "leaseHolder" TEXT,
    "leaseUntil" TIMESTAMPTZ(3),

    CONSTRAINT "Rollout_pkey" PRIMARY KEY ("number")
);
CREATE INDEX "Rollout_isLive_number_idx" ON "Rollout"("isLive", "number" DESC);
CREATE INDEX "Rollout_groupId_number_idx" ON "Rollout"("groupId", "number" DESC);
ALTER TABLE "Rollout" ADD CONSTRAINT "Rollout_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "CollectorGroup"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "RolloutEvent" (
    "rollout" INTEGER NOT NULL,
    "sequence" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "byName" TEXT NOT NULL,
    "step" JSONB NOT NULL,

    CONSTRAINT "RolloutEvent_pkey" PRIMARY KEY ("rollout","sequence")
);
ALTER TABLE "RolloutEvent" ADD CONSTRAINT "RolloutEvent_rollout_fkey" FOREIGN KEY ("rollout") REFERENCES "Rollout"("number") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "RolloutPoint" (
    "rollout" INTEGER NOT NULL,
    "stage" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "replica" TEXT NOT NULL,
    "figures" JSONB NOT NULL,

    CONSTRAINT "RolloutPoint_pkey" PRIMARY KEY ("rollout","stage","at","replica")
);
ALTER TABLE "RolloutPoint" ADD CONSTRAINT "RolloutPoint_rollout_fkey" FOREIGN KEY ("rollout") REFERENCES "Rollout"("number") ON DELETE CASCADE ON UPDATE CASCADE;
