/** By what a configuration is known: its revision at the control plane (0: it did not come from one) and its hash. */
export type PolicyLabel = { revision: number; hash: string };
