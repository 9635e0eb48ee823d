import { z } from "zod";

/** A whole number in an address, where all is text: digits, and no other way to write it. */
export function inDigits<Number extends z.ZodType<number, number>>(number: Number) {
  return z
    .string("must be a whole number")
    .regex(/^\d{1,10}$/, "must be a whole number")
    .transform(Number)
    .pipe(number);
}
