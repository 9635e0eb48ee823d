-- Of a rollout that has ended: the collectors that it was for and had not changed.
ALTER TABLE "Rollout" ADD COLUMN "others" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];
