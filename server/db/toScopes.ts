import { SCOPES, type Scope } from "#domain/auth/scopes.ts";

/** A column of scopes. One that this version does not know allows nothing. */
export function toScopes(texts: readonly string[]): Scope[] {
  return SCOPES.filter((scope) => texts.includes(scope));
}
