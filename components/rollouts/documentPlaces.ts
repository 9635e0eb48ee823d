/** Where the document of a rollout lives, and how it is called. */
export const PLACES = { policy: "/sampling", destination: "/destination", pipeline: "/pipeline" } as const;
export const NOUNS = { policy: "Policy", destination: "Destination", pipeline: "Pipeline settings" } as const;
