import type { Problem } from "#domain/validation/problems.ts";

export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 128;

export type Account = { name: string; email: string; password: string; repeated: string };

/** What is wrong with a new account before the server is asked; paths are the fields' names. */
export function accountProblems({ name, email, password, repeated }: Account): Problem[] {
  const problems: Problem[] = [];
  if (name.trim() === "") problems.push({ path: "name", message: "must not be empty" });
  if (!/^[^\s@]+@[^\s@]+$/.test(email.trim())) problems.push({ path: "email", message: "must be an e-mail address" });
  if (password.length < PASSWORD_MIN) problems.push({ path: "password", message: `must have at least ${PASSWORD_MIN} characters, has ${password.length}` });
  else if (password.length > PASSWORD_MAX) problems.push({ path: "password", message: `must have at most ${PASSWORD_MAX} characters` });
  else if (password !== repeated) problems.push({ path: "repeated", message: "is not the same" });
  return problems;
}
