-- Collectors in groups by their labels. One group is there from the start and holds every revision so far: the default one, of all other collectors.
CREATE TABLE "CollectorGroup" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "selector" TEXT NOT NULL DEFAULT '',
    "priority" INTEGER NOT NULL DEFAULT 0,
    "description" TEXT NOT NULL DEFAULT '',
    "isDefault" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "archivedAt" TIMESTAMPTZ(3),

    CONSTRAINT "CollectorGroup_pkey" PRIMARY KEY ("id"),
    -- The default group has no selector and stays.
    CONSTRAINT "CollectorGroup_default" CHECK ("isDefault" = ("id" = 'default') AND (NOT "isDefault" OR ("selector" = '' AND "archivedAt" IS NULL)))
);
CREATE UNIQUE INDEX "CollectorGroup_name_key" ON "CollectorGroup"("name");
INSERT INTO "CollectorGroup" ("id", "name", "isDefault") VALUES ('default', 'All other collectors', true);

-- Numbers stay global and without gaps. A replica of the version before knows one group alone: what it writes belongs to that.
ALTER TABLE "Revision" ADD COLUMN "groupId" TEXT NOT NULL DEFAULT 'default', ADD COLUMN "collectorId" TEXT;
ALTER TABLE "Revision" ADD CONSTRAINT "Revision_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "CollectorGroup"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
CREATE INDEX "Revision_groupId_number_idx" ON "Revision"("groupId", "number" DESC);

ALTER TABLE "Collector" ADD COLUMN "editedLabels" JSONB NOT NULL DEFAULT '{}';

CREATE TABLE "CollectorOverride" (
    "collectorId" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "authorName" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "CollectorOverride_pkey" PRIMARY KEY ("collectorId")
);
CREATE INDEX "CollectorOverride_expiresAt_idx" ON "CollectorOverride"("expiresAt");
ALTER TABLE "CollectorOverride" ADD CONSTRAINT "CollectorOverride_collectorId_fkey" FOREIGN KEY ("collectorId") REFERENCES "Collector"("id") ON DELETE CASCADE ON UPDATE CASCADE;
