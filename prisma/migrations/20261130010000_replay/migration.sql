-- A policy can be tried over what collectors have recorded, beside those that are tried on live traffic.
ALTER TABLE "Shadow" ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'live';
ALTER TABLE "Shadow" ADD COLUMN "backMs" INTEGER;
ALTER TABLE "Shadow" ADD CONSTRAINT "Shadow_kind_check" CHECK (("kind" = 'live' AND "backMs" IS NULL) OR ("kind" = 'replay' AND "backMs" > 0));

-- Whether a collector has said its last word of a replay.
ALTER TABLE "ShadowReport" ADD COLUMN "done" BOOLEAN NOT NULL DEFAULT false;
