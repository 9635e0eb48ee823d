-- Since when a tier was watched while spans came, and when it matched any last; the key says what it matches.
CREATE TABLE "TierWatch" (
    "key" TEXT NOT NULL,
    "sinceAt" TIMESTAMPTZ(3) NOT NULL,
    "untilAt" TIMESTAMPTZ(3) NOT NULL,
    "lastMatchedAt" TIMESTAMPTZ(3),

    CONSTRAINT "TierWatch_pkey" PRIMARY KEY ("key")
);
CREATE INDEX "TierWatch_untilAt_idx" ON "TierWatch"("untilAt");
