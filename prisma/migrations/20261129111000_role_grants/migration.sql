-- Roles that hold in one group; an invitation may bring some along.
CREATE TABLE "RoleGrant" (
    "userId" TEXT NOT NULL,
    "groupId" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RoleGrant_pkey" PRIMARY KEY ("userId", "groupId"),
    CONSTRAINT "RoleGrant_role" CHECK ("role" IN ('editor', 'approver'))
);
CREATE INDEX "RoleGrant_groupId_idx" ON "RoleGrant"("groupId");
ALTER TABLE "RoleGrant" ADD CONSTRAINT "RoleGrant_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "RoleGrant" ADD CONSTRAINT "RoleGrant_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "CollectorGroup"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "OneTimeLink" ADD COLUMN "grants" JSONB NOT NULL DEFAULT '{}';
