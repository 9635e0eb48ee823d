-- Audit events become a chain: numbered without gaps, each with the hash of the one before it, and the database refuses to change or remove them.
-- Events from before keep no hash; the chain begins after them.
ALTER TABLE "AuditEvent" ALTER COLUMN "id" DROP DEFAULT,
ALTER COLUMN "at" DROP DEFAULT,
ADD COLUMN     "actorKind" TEXT NOT NULL DEFAULT 'person',
ADD COLUMN     "entityName" TEXT,
ADD COLUMN     "before" JSONB,
ADD COLUMN     "after" JSONB,
ADD COLUMN     "origin" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "previousHash" TEXT,
ADD COLUMN     "hash" TEXT;
DROP SEQUENCE "AuditEvent_id_seq";

UPDATE "AuditEvent" SET "actorKind" = 'system' WHERE "actorId" IS NULL;
UPDATE "AuditEvent" SET "entityName" = "detail" ->> 'name';

-- What the page's search box looks through.
ALTER TABLE "AuditEvent" ADD COLUMN "words" tsvector GENERATED ALWAYS AS (
  to_tsvector('simple', "actorName" || ' ' || "action" || ' ' || "entity" || ' ' || coalesce("entityId", '') || ' ' || coalesce("entityName", ''))
  || jsonb_to_tsvector('simple', "detail", '["string", "numeric"]')
  || jsonb_to_tsvector('simple', coalesce("before", '{}'), '["string", "numeric"]')
  || jsonb_to_tsvector('simple', coalesce("after", '{}'), '["string", "numeric"]')
) STORED;

DROP INDEX "AuditEvent_entity_entityId_idx";
CREATE INDEX "AuditEvent_actorName_id_idx" ON "AuditEvent"("actorName", "id");
CREATE INDEX "AuditEvent_action_id_idx" ON "AuditEvent"("action", "id");
CREATE INDEX "AuditEvent_entity_id_idx" ON "AuditEvent"("entity", "id");
CREATE INDEX "AuditEvent_entityId_id_idx" ON "AuditEvent"("entityId", "id");
CREATE INDEX "AuditEvent_words_idx" ON "AuditEvent" USING GIN ("words");

-- One row: the end of the chain. Whoever writes an event locks it until commit, so that two replicas take turns.
CREATE TABLE "AuditHead" (
    "id" INTEGER NOT NULL,
    "lastId" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "AuditHead_pkey" PRIMARY KEY ("id")
);
INSERT INTO "AuditHead" SELECT 1, coalesce(max("id"), 0), repeat('0', 64), coalesce(max("at"), now()) FROM "AuditEvent";

-- Where old events were let go: the last of them, with its hash (null when it was from before the chain).
CREATE TABLE "AuditCheckpoint" (
    "lastId" BIGINT NOT NULL,
    "hash" TEXT,
    "lastAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "AuditCheckpoint_pkey" PRIMARY KEY ("lastId")
);

CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'AuditEvent' AND TG_OP = 'DELETE' THEN
    IF OLD."id" <= (SELECT max("lastId") FROM "AuditCheckpoint") THEN RETURN OLD; END IF;
  END IF;
  RAISE EXCEPTION 'audit events are never changed, and only removed up to a checkpoint';
END $$;
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON "AuditEvent" FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON "AuditEvent" FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_checkpoint_append_only BEFORE UPDATE OR DELETE ON "AuditCheckpoint" FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_checkpoint_no_truncate BEFORE TRUNCATE ON "AuditCheckpoint" FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

CREATE FUNCTION audit_checkpoint_is_true() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM "AuditEvent" event
    WHERE event."id" = NEW."lastId" AND event."hash" IS NOT DISTINCT FROM NEW."hash" AND event."at" = NEW."lastAt" AND event."at" < now() - interval '365 days'
  ) THEN
    RAISE EXCEPTION 'an audit checkpoint names an event that is there, with its hash, and that is older than a year';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_checkpoint_true BEFORE INSERT ON "AuditCheckpoint" FOR EACH ROW EXECUTE FUNCTION audit_checkpoint_is_true();
