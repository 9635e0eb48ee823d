-- What the search box looks through: every run of letters and digits is a word. Hashes and e-mail addresses are left out: the former nobody looks for,
-- the latter are for admins alone.
DROP INDEX "AuditEvent_words_idx";
ALTER TABLE "AuditEvent" DROP COLUMN "words";
ALTER TABLE "AuditEvent" ADD COLUMN "words" tsvector GENERATED ALWAYS AS (
  to_tsvector('simple', regexp_replace(
    "actorName" || ' ' || "action" || ' ' || "entity" || ' ' || coalesce("entityId", '') || ' ' || coalesce("entityName", '') || ' ' ||
      regexp_replace("detail"::text || coalesce("before"::text, '') || coalesce("after"::text, ''), '[0-9a-f]{64}|"email": "[^"]*"', ' ', 'g'),
    '[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+', ' ', 'g'))
) STORED;
CREATE INDEX "AuditEvent_words_idx" ON "AuditEvent" USING GIN ("words");
