import { z } from "zod";
import { ROLES } from "#domain/auth/role.ts";
import { SCOPES } from "#domain/auth/scopes.ts";
import { atMs } from "./documentSchemas.ts";

export const meAnswer = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.enum(ROLES).describe("Of the token's owner, at this moment. A token never may more than its owner."),
  grants: z.record(z.string(), z.enum(ROLES)).describe("Roles in single groups, by the group's id, where they are higher."),
  token: z.object({ id: z.string(), name: z.string(), scopes: z.array(z.enum(SCOPES)), expiresAtMs: atMs }).nullable(),
});
