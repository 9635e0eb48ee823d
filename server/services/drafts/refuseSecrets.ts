import { z } from "zod";
import { AppError } from "../../errors/appError.ts";

const withHeaders = z.object({ headers: z.object({ rows: z.array(z.object({ value: z.string().nullable() })) }) });

/** A destination's draft comes without header values, so that none of them ever lies in the database in clear. */
export function refuseSecrets(body: unknown): void {
  const read = withHeaders.safeParse(body);
  const at = read.success ? read.data.headers.rows.findIndex(({ value }) => value !== null && value !== "") : -1;
  if (at >= 0) throw new AppError("INVALID", `body.headers.rows[${at}].value: header values are not kept in drafts; leave it empty`);
}
