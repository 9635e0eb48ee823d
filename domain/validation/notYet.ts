import { z } from "zod";

/** A field that the configuration format reserves but that does nothing yet: giving it is an error that says so. */
export function notYet(message: string) {
  return z
    .unknown()
    .superRefine((value, ctx) => {
      if (value !== undefined) ctx.addIssue({ code: "custom", message });
    })
    .optional();
}
