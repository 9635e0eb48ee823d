/** One version of one document that is about to become what all collectors run. */
export type ApplyTarget = { kind: "policy" | "destination"; id: string; version: number; name: string };
