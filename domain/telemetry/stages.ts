/** What a request goes through, in order. Apart from the schema, so that pages can name the stages without carrying a validator. */
export const STAGES = ["network", "queueWait", "processing", "serialization", "export"] as const;
export type Stage = (typeof STAGES)[number];
