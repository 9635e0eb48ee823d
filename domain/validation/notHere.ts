import { z } from "zod";

/** A field that the configuration format knows but that has no meaning here (yet): giving it is an error that says so. */
export function notHere(message: string) {
  return z
    .unknown()
    .superRefine((value, ctx) => {
      if (value !== undefined) ctx.addIssue({ code: "custom", message });
    })
    .optional();
}
