-- Changes that a second person has to say yes to.
ALTER TABLE "CollectorGroup" ADD COLUMN "approval" TEXT NOT NULL DEFAULT 'inherit' CHECK ("approval" IN ('inherit', 'on', 'off'));
ALTER TABLE "Revision" ADD COLUMN "approverName" TEXT;

CREATE TABLE "ChangeRequest" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "groupId" TEXT,
    "baseRevision" INTEGER,
    "change" JSONB NOT NULL,
    "sentences" JSONB NOT NULL DEFAULT '[]',
    "title" TEXT NOT NULL,
    "message" TEXT,
    "askedById" TEXT NOT NULL,
    "askedByName" TEXT NOT NULL,
    "askedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "decidedById" TEXT,
    "decidedByName" TEXT,
    "decidedAt" TIMESTAMPTZ(3),
    "reason" TEXT,
    "revision" INTEGER,

    CONSTRAINT "ChangeRequest_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "ChangeRequest_state" CHECK ("state" IN ('pending', 'applied', 'rejected', 'withdrawn', 'stale', 'expired'))
);
CREATE INDEX "ChangeRequest_state_askedAt_idx" ON "ChangeRequest"("state", "askedAt");
CREATE INDEX "ChangeRequest_groupId_state_idx" ON "ChangeRequest"("groupId", "state");
ALTER TABLE "ChangeRequest" ADD CONSTRAINT "ChangeRequest_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "CollectorGroup"("id") ON DELETE SET NULL ON UPDATE CASCADE;
