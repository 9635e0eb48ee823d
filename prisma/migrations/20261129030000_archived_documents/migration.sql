-- An archived document stands in no list and can't be changed or applied until it is restored. Null: it is not archived.
ALTER TABLE "Document" ADD COLUMN     "archivedAt" TIMESTAMPTZ(3);
