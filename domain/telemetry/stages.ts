/** What a request goes through; the decision wait is there in trace scope only, where spans wait for their trace. Apart from the schema, so that pages can name the stages without carrying a validator. */
export const STAGES = ["network", "queueWait", "decisionWait", "processing", "serialization", "export"] as const;
export type Stage = (typeof STAGES)[number];
