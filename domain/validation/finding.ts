/** What a check found: `error` keeps a configuration from running, `warning` does not go together, `info` is worth knowing. */
export type Finding = {
  severity: "error" | "warning" | "info";
  /** Where, as in `sampling.tiers[2].condition`. */
  path: string;
  /** What is so, and why that matters. */
  message: string;
  /** What to do about it. */
  mend?: string;
};
