import { z } from "zod";

/** RFC 9457. */
export const problemAnswer = z.object({
  type: z.string().describe("`urn:headgate:problem:` and the kind of problem; it never changes its meaning."),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe("What was wrong, where, and what to do."),
  instance: z.string().describe("`urn:headgate:request:` and the request's number, as the audit and the log have it."),
  errors: z.array(z.object({ path: z.string().describe("Where, as in `body.tiers[2].keep.ratio`; empty for the whole."), message: z.string() })),
  current: z.unknown().optional().describe("With 409 and 412 to a save: the version that stands on the server, with its body."),
});
