-- Pipeline settings become documents with versions. What revisions held as JSON becomes one document: a version for each different
-- value, in the order in which they were first applied.
ALTER TABLE "Revision" ADD COLUMN     "pipelineId" TEXT,
ADD COLUMN     "pipelineVersion" INTEGER;

INSERT INTO "Document" ("id", "kind", "name", "currentVersion", "createdAt")
SELECT gen_random_uuid()::text, 'pipeline', 'Standard pipeline', count(DISTINCT "pipeline"), min("createdAt")
FROM "Revision"
HAVING count(*) > 0;

INSERT INTO "DocumentVersion" ("documentId", "number", "body", "authorName", "message", "createdAt")
SELECT document."id", row_number() OVER (ORDER BY first."number"), first."pipeline", first."authorName", 'As revision ' || first."number" || ' had it', first."createdAt"
FROM (SELECT DISTINCT ON ("pipeline") * FROM "Revision" ORDER BY "pipeline", "number") first
CROSS JOIN (SELECT "id" FROM "Document" WHERE "kind" = 'pipeline') document;

UPDATE "Revision"
SET "pipelineId" = version."documentId", "pipelineVersion" = version."number"
FROM "DocumentVersion" version
JOIN "Document" document ON document."id" = version."documentId" AND document."kind" = 'pipeline'
WHERE version."body" = "Revision"."pipeline";

-- AlterTable
ALTER TABLE "Revision" ALTER COLUMN "pipelineId" SET NOT NULL,
ALTER COLUMN "pipelineVersion" SET NOT NULL,
DROP COLUMN "pipeline";
