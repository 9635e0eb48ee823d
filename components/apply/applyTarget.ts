/** One version of one document that is about to become what all collectors run. */
export type ApplyTarget = { kind: "policy" | "destination" | "pipeline"; id: string; version: number; name: string };
