import { describe, expect, it } from "vitest";
import { accountProblems, PASSWORD_MIN } from "./accountRules.ts";

const good = { name: "Ada", email: "ada@example.org", password: "x".repeat(PASSWORD_MIN), repeated: "x".repeat(PASSWORD_MIN) };

describe("a new account", () => {
  it("passes with a name, an address and a password that is long enough", () => {
    expect(accountProblems(good)).toEqual([]);
  });

  it("says which field is wrong and how", () => {
    expect(accountProblems({ ...good, name: " ", email: "ada", password: "short", repeated: "short" })).toEqual([
      { path: "name", message: "must not be empty" },
      { path: "email", message: "must be an e-mail address" },
      { path: "password", message: "must have at least 12 characters, has 5" },
    ]);
    expect(accountProblems({ ...good, repeated: "other" })).toEqual([{ path: "repeated", message: "is not the same" }]);
  });
});
