import { z } from "zod";

/** The number of an event, in decimal digits: it may outgrow what JSON's numbers hold. */
export const eventIdSchema = z.string("must be an event's number").regex(/^\d{1,18}$/, "is no event's number");
